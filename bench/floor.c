/* The floor: a loop of send(), one for each message and client, of bytes made once. Clients ask with GET and get an event stream;
   POST /publish?rate=R&count=N sends. One thread; a client that does not read holds up all others. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MOST 20000
static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
static int clients[MOST], count;

static long long micros(void) { struct timespec t; clock_gettime(CLOCK_REALTIME, &t); return t.tv_sec * 1000000LL + t.tv_nsec / 1000; }

static int frame(char *out, int seq) {
  char json[512], event[640];
  int n = sprintf(json, "{\"kind\":\"message\",\"seq\":%d,\"t\":%lld,\"sender\":\"bench\",\"content\":\"", seq, micros());
  memset(json + n, 'x', (size_t)(220 - n - 2)); strcpy(json + 218, "\"}");
  int size = sprintf(event, "id: bench:%d\nevent: market-tick\ndata: %s\n\n", seq, json);
  return sprintf(out, "%x\r\n%s\r\n", (unsigned)size, event);
}

static void publish(int rate, int messages) {
  long long start = micros();
  for (int seq = 1; seq <= messages; seq++) {
    long long wait = start + (seq - 1) * 1000000LL / rate - micros();
    if (wait > 0) usleep((unsigned)wait);
    char bytes[1024]; int size = frame(bytes, seq);
    for (int i = 0; i < count; i++)
      if (clients[i] >= 0 && send(clients[i], bytes, (size_t)size, MSG_NOSIGNAL) < 0) { close(clients[i]); clients[i] = -1; }
  }
}

static void answer(int fd) {
  char request[4096]; ssize_t got = recv(fd, request, sizeof request - 1, 0);
  if (got <= 0) { close(fd); return; }
  request[got] = 0;
  int rate, messages;
  if (sscanf(request, "POST /publish?rate=%d&count=%d", &rate, &messages) == 2) {
    publish(rate, messages);
    static const char done[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    send(fd, done, sizeof done - 1, MSG_NOSIGNAL); close(fd);
  } else if (count < MOST) { send(fd, head, sizeof head - 1, MSG_NOSIGNAL); clients[count++] = fd; }
  else close(fd);
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  if (bind(server, (void *)&address, size) < 0 || listen(server, 4096) < 0) { perror("floor"); return 1; }
  getsockname(server, (void *)&address, &size);
  printf("{\"port\":%d}\n", ntohs(address.sin_port)); fflush(stdout);
  for (;;) {
    int fd = accept(server, NULL, NULL);
    if (fd < 0) continue;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    answer(fd);
  }
}
