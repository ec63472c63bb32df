import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;
import org.springframework.web.socket.sockjs.client.RestTemplateXhrTransport;
import org.springframework.web.socket.sockjs.client.SockJsClient;
import org.springframework.web.socket.sockjs.client.Transport;
import org.springframework.web.socket.sockjs.client.WebSocketTransport;

/** Chat over STOMP on SockJS. Arguments: the server, what to say, and "xhr" to do without a WebSocket. */
public class Chat {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final CountDownLatch ENDED = new CountDownLatch(1);

  public static void main(String[] args) throws Exception {
    String server = args.length > 0 ? args[0] : "http://localhost:8080";
    String text = args.length > 1 ? args[1] : "hello from Java";
    boolean xhr = args.length > 2 && args[2].equals("xhr");

    List<Transport> transports = new ArrayList<>();
    if (!xhr) transports.add(new WebSocketTransport(new StandardWebSocketClient()));
    transports.add(new RestTemplateXhrTransport());
    WebSocketStompClient client = new WebSocketStompClient(new SockJsClient(transports));
    client.setTaskScheduler(new SimpleAsyncTaskScheduler()); // for heart-beats
    StompHeaders connect = new StompHeaders();
    connect.setLogin("Java");
    StompSession session = client
        .connectAsync(server + "/ws-endpoint", new WebSocketHttpHeaders(), connect, new Errors())
        .get(20, TimeUnit.SECONDS);
    session.setAutoReceipt(true);

    session.subscribe("/user/queue/errors", new Printer());
    StompHeaders chat = new StompHeaders();
    chat.setDestination("/topic/chat");
    chat.set("after", "0"); // from the first message on
    session.subscribe(chat, new Printer());
    StompHeaders send = new StompHeaders();
    send.setDestination("/app/chat");
    session.send(send, JSON.writeValueAsBytes(Map.of("content", text)))
        .addReceiptTask(() -> System.out.println("stored"));
    ENDED.await();
    System.exit(1);
  }

  private static class Printer implements StompFrameHandler {
    @Override
    public Type getPayloadType(StompHeaders headers) {
      return byte[].class;
    }

    @Override
    public void handleFrame(StompHeaders headers, Object payload) {
      try {
        JsonNode event = JSON.readTree((byte[]) payload);
        String kind = event.path("kind").asText();
        if (kind.equals("message")) System.out.println(event.path("sender").asText() + ": " + event.path("content").asText());
        else if (kind.equals("deleted")) System.out.println("message " + event.path("target").asText() + " was deleted");
        else System.out.println("not taken: " + event);
      } catch (IOException error) {
        throw new IllegalStateException(error);
      }
    }
  }

  private static class Errors extends StompSessionHandlerAdapter {
    @Override
    public void handleTransportError(StompSession session, Throwable error) {
      System.err.println(error);
      ENDED.countDown();
    }

    @Override
    public void handleFrame(StompHeaders headers, Object payload) {
      System.err.println("refused: " + headers.getFirst("message"));
    }
  }
}
