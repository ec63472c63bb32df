/* chatload: STOMP clients that send to a chat and wait for receipts. One thread, so that the server has the machine.
 *
 * use: ./chatload <port>[,<port>...] <connections> <listeners>
 * The first listeners follow the chat too. When all are connected it prints a line, and then one of JSON for each line
 * "<messages a second> <seconds>" that it reads: it sends so many, from all clients in turn and each millisecond what is due,
 * and waits for what is left of the receipts. A latency is from the write of a SEND to the read of its RECEIPT.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_SIZE 262144
#define CARRY 64          /* of what was read last: a receipt may straddle two reads */
#define MAX_PORTS 16
#define PATIENCE 5.0      /* receipts are waited for so long after the last SEND, in seconds */
#define CONTENT 100

struct connection {
  int fd, carried, listens, dead;
  char carry[CARRY];
  char *waiting;          /* what the kernel did not take yet */
  size_t waiting_len;
};

static struct connection *all;
static int count, listeners, events;
static double *sent_at;   /* by receipt; 0 when it has come */
static double *latencies;
static long sent, accepted, delivered, closed, most;
static uint64_t seed;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (double)t.tv_sec + (double)t.tv_nsec / 1e9; }
static void fail(const char *what) { perror(what); exit(1); }
static uint64_t draw(void) { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; return seed; }

/* ---- WebSocket: masked text frames; a mask of zeros is legal ---- */
static size_t frame(char *out, const char *text, size_t n) {
  size_t h = 0;
  out[h++] = (char)0x81;
  if (n < 126) out[h++] = (char)(0x80 | n);
  else { out[h++] = (char)(0x80 | 126); out[h++] = (char)(n >> 8); out[h++] = (char)n; }
  memset(out + h, 0, 4); h += 4;
  memcpy(out + h, text, n);
  return h + n;
}

static void say(int fd, const char *bytes, size_t n) { if (send(fd, bytes, n, MSG_NOSIGNAL) != (ssize_t)n) fail("send"); }

static void await(int fd, const char *expected) {
  char read[8192]; size_t n = 0;
  while (n < sizeof read) {
    ssize_t got = recv(fd, read + n, sizeof read - n, 0);
    if (got <= 0) fail("a handshake");
    n += (size_t)got;
    if (memmem(read, n, expected, strlen(expected))) return;
  }
  fprintf(stderr, "no %s in the answer\n", expected); exit(1);
}

static void join(struct connection *c, int port) {
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  char text[512], bytes[600]; int n, one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to)) fail("connect");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  n = snprintf(text, sizeof text, "GET /ws-endpoint HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: v12.stomp\r\n\r\n");
  say(c->fd, text, (size_t)n);
  await(c->fd, "\r\n\r\n");
  n = snprintf(text, sizeof text, "CONNECT\naccept-version:1.2\nhost:bench\nheart-beat:0,0\n\n%c", 0);
  say(c->fd, bytes, frame(bytes, text, (size_t)n));
  await(c->fd, "CONNECTED");
  if (c->listens) {
    n = snprintf(text, sizeof text, "SUBSCRIBE\nid:sub-0\ndestination:/topic/chat\n\n%c", 0);
    say(c->fd, bytes, frame(bytes, text, (size_t)n));
  }
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
  epoll_ctl(events, EPOLL_CTL_ADD, c->fd, &event);
}

static void lose(struct connection *c) {
  if (c->dead) return;
  c->dead = 1; closed++;
  close(c->fd);
}

/* ---- sending ---- */
static void watch(struct connection *c, uint32_t what) {
  struct epoll_event event = { .events = what, .data.ptr = c };
  epoll_ctl(events, EPOLL_CTL_MOD, c->fd, &event);
}

static void hand(struct connection *c, const char *bytes, size_t n) {
  size_t done = 0;
  if (!c->waiting_len) {
    ssize_t took = send(c->fd, bytes, n, MSG_NOSIGNAL);
    if (took < 0 && errno != EAGAIN) { lose(c); return; }
    done = took < 0 ? 0 : (size_t)took;
    if (done == n) return;
    watch(c, EPOLLIN | EPOLLOUT);
  }
  c->waiting = realloc(c->waiting, c->waiting_len + n - done);
  memcpy(c->waiting + c->waiting_len, bytes + done, n - done);
  c->waiting_len += n - done;
}

static void hand_rest(struct connection *c) {
  ssize_t took = send(c->fd, c->waiting, c->waiting_len, MSG_NOSIGNAL);
  if (took < 0) { if (errno != EAGAIN) lose(c); return; }
  c->waiting_len -= (size_t)took;
  memmove(c->waiting, c->waiting + took, c->waiting_len);
  if (!c->waiting_len) watch(c, EPOLLIN);
}

static void send_one(void) {
  static char content[CONTENT + 1];
  char text[512], bytes[600];
  struct connection *c = &all[sent % count];
  uint64_t a = draw(), b = draw();
  if (!content[0]) memset(content, 'x', CONTENT);
  int n = snprintf(text, sizeof text, "SEND\ndestination:/app/chat\nreceipt:%ld\n\n"
    "{\"id\":\"%08x-%04x-4%03x-8%03x-%012llx\",\"content\":\"message %ld %s\"}%c", sent,
    (unsigned)(a >> 32), (unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff, (unsigned)(b >> 48) & 0xfff,
    (unsigned long long)(b & 0xffffffffffffull), sent, content, 0);
  sent_at[sent++] = now();
  if (!c->dead) hand(c, bytes, frame(bytes, text, (size_t)n));
}

/* ---- receiving ---- */
static void receipt(long index, double at) {
  if (index >= sent || sent_at[index] == 0) return;
  latencies[accepted++] = at - sent_at[index];
  sent_at[index] = 0;
}

/* Bytes that were carried over lie before what was read now. What ended in them was counted before. */
static void look(struct connection *c, const char *bytes, size_t n, size_t old) {
  static const char RECEIPT[] = "receipt-id:", SEQ[] = "\"seq\":";
  const char *end = bytes + n, *keep = n > 10 ? end - 10 : bytes;
  double at = now();
  for (const char *p = bytes; (p = memmem(p, (size_t)(end - p), RECEIPT, sizeof RECEIPT - 1)); ) {
    const char *digits = p + sizeof RECEIPT - 1, *stop = memchr(digits, '\n', (size_t)(end - digits));
    if (!stop) { keep = p; break; }
    if ((size_t)(stop - bytes) >= old) receipt(atol(digits), at);
    p = stop;
  }
  if (c->listens) for (const char *p = bytes; (p = memmem(p, (size_t)(end - p), SEQ, sizeof SEQ - 1)); ) {
    p += sizeof SEQ - 1;
    if ((size_t)(p - bytes) > old) delivered++;
  }
  c->carried = (int)(end - keep < CARRY ? end - keep : CARRY);
  memcpy(c->carry, end - c->carried, (size_t)c->carried);
}

static void receive(struct connection *c) {
  static char bytes[CARRY + READ_SIZE];
  memcpy(bytes, c->carry, (size_t)c->carried);
  ssize_t got = recv(c->fd, bytes + c->carried, READ_SIZE, 0);
  if (got > 0) look(c, bytes, (size_t)(c->carried + got), (size_t)c->carried);
  else if (got == 0 || errno != EAGAIN) lose(c);
}

static void serve(int timeout) {
  static struct epoll_event ready[512];
  int n = epoll_wait(events, ready, 512, timeout);
  for (int i = 0; i < n; i++) {
    struct connection *c = ready[i].data.ptr;
    if (!c->dead && c->waiting_len && (ready[i].events & EPOLLOUT)) hand_rest(c);
    if (!c->dead && (ready[i].events & ~(uint32_t)EPOLLOUT)) receive(c);
  }
}

/* ---- one measurement ---- */
static double cpu(void) {
  struct rusage used; getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}
static int by_size(const void *a, const void *b) { double x = *(const double *)a, y = *(const double *)b; return (x > y) - (x < y); }
static double share(double part) { return accepted ? 1000 * latencies[(long)(part * (double)(accepted - 1))] : 0; }

static void measure(double rate, double seconds) {
  long total = (long)(rate * seconds);
  if (total > most) {
    most = total;
    sent_at = realloc(sent_at, sizeof *sent_at * (size_t)total);
    latencies = realloc(latencies, sizeof *latencies * (size_t)total);
  }
  sent = accepted = delivered = 0;
  double begun = now(), spent = cpu(), at;
  while ((at = now() - begun) < seconds) {
    long due = (long)(at * rate);
    while (sent < due && sent < total) send_one();
    serve(1);
  }
  double end = now() + PATIENCE;
  while (accepted < sent && now() < end) serve(1);
  double took = now() - begun;
  /* What was accepted last is on its way to those who follow. */
  double quiet = now() + 0.3; long seen = delivered;
  while (now() < quiet) { serve(1); if (delivered != seen) { seen = delivered; quiet = now() + 0.3; } }
  spent = cpu() - spent;
  qsort(latencies, (size_t)accepted, sizeof *latencies, by_size);
  printf("{\"sent\":%ld,\"accepted\":%ld,\"delivered\":%ld,\"closed\":%ld,\"seconds\":%.3f,\"p50\":%.3f,\"p99\":%.3f,\"busy\":%.3f}\n",
    sent, accepted, delivered, closed, took, share(0.5), share(0.99), spent / took);
  fflush(stdout);
}

int main(int argc, char **argv) {
  int ports[MAX_PORTS], port_count = 0;
  if (argc != 4) { fprintf(stderr, "use: chatload <port>[,<port>...] <connections> <listeners>\n"); return 2; }
  for (char *port = strtok(argv[1], ","); port && port_count < MAX_PORTS; port = strtok(NULL, ",")) ports[port_count++] = atoi(port);
  count = atoi(argv[2]); listeners = atoi(argv[3]);
  if (port_count == 0 || count < 1) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getrandom(&seed, sizeof seed, 0) != sizeof seed || !seed) seed = 1;
  all = calloc((size_t)count, sizeof *all);
  events = epoll_create1(0);
  for (int i = 0; i < count; i++) { all[i].listens = i < listeners; join(&all[i], ports[i % port_count]); }
  printf("{\"connected\":%d}\n", count); fflush(stdout);
  double rate, seconds;
  struct pollfd input = { .fd = 0, .events = POLLIN };
  /* Between two measurements what comes is read as well. */
  for (;;) {
    serve(20);
    if (poll(&input, 1, 0) <= 0) continue;
    char line[128]; ssize_t got = read(0, line, sizeof line - 1);
    if (got <= 0) return 0;
    line[got] = 0;
    if (sscanf(line, "%lf %lf", &rate, &seconds) == 2) measure(rate, seconds);
  }
}
