package bench;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/** What most tutorials build: Spring's simple broker for the chat, SseEmitter for the prices. */
@SpringBootApplication
@RestController
public class Server {
  private final SimpMessagingTemplate template;
  private final Set<SseEmitter> emitters = ConcurrentHashMap.newKeySet();

  public Server(SimpMessagingTemplate template) {
    this.template = template;
  }

  public static void main(String[] args) {
    SpringApplication.run(Server.class, args);
  }

  @EventListener
  public void started(ServletWebServerInitializedEvent event) {
    System.out.println("{\"port\":" + event.getWebServer().getPort() + "}");
  }

  @GetMapping("/stream")
  public SseEmitter stream() throws IOException {
    SseEmitter emitter = new SseEmitter(0L);
    emitters.add(emitter);
    emitter.onCompletion(() -> emitters.remove(emitter));
    emitter.onError(error -> emitters.remove(emitter));
    emitter.send(SseEmitter.event().comment(""));
    return emitter;
  }

  @PostMapping("/publish")
  public String publish(@RequestParam int rate, @RequestParam int count, @RequestParam(defaultValue = "stomp") String to) {
    long start = System.nanoTime();
    for (int seq = 1; seq <= count; seq++) {
      long due = start + (seq - 1) * 1_000_000_000L / rate;
      while (System.nanoTime() < due) LockSupport.parkNanos(due - System.nanoTime());
      String message = message(seq);
      if (to.equals("stomp")) template.convertAndSend("/topic/chat", message);
      else emitters.forEach(emitter -> send(emitter, message));
    }
    return "published";
  }

  private void send(SseEmitter emitter, String message) {
    try {
      emitter.send(SseEmitter.event().name("market-tick").data(message));
    } catch (IOException | IllegalStateException error) {
      emitters.remove(emitter);
    }
  }

  private static String message(int seq) {
    java.time.Instant now = java.time.Instant.now();
    long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    String head = "{\"kind\":\"message\",\"seq\":" + seq + ",\"t\":" + micros + ",\"sender\":\"bench\",\"content\":\"";
    return head + "x".repeat(220 - head.length() - 2) + "\"}";
  }

  /** The simple broker on `/topic`, plain and with SockJS. */
  @Configuration
  @EnableWebSocketMessageBroker
  public static class Broker implements WebSocketMessageBrokerConfigurer {
    @Override
    public void registerStompEndpoints(StompEndpointRegistry registry) {
      registry.addEndpoint("/ws-endpoint").setAllowedOriginPatterns("*");
      registry.addEndpoint("/sockjs").setAllowedOriginPatterns("*").withSockJS();
    }

    @Override
    public void configureMessageBroker(MessageBrokerRegistry registry) {
      registry.enableSimpleBroker("/topic");
    }
  }
}
