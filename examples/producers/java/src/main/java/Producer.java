import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes ticks into the topic market-ticks. Arguments: brokers, symbol, how many ticks (else for ever). */
public final class Producer {
  public static void main(String[] args) throws Exception {
    String brokers = args.length > 0 ? args[0] : "localhost:9092";
    String symbol = args.length > 1 ? args[1] : "SILVER-USD";
    long count = args.length > 2 ? Long.parseLong(args[2]) : Long.MAX_VALUE;
    // The default partitioner chooses by the key, and a producer is idempotent unless told otherwise: ticks keep their order.
    Map<String, Object> config = Map.of("bootstrap.servers", brokers, "acks", "all");
    try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      var random = ThreadLocalRandom.current();
      double first = 25;
      double price = first;
      for (long done = 0; done < count; done++) {
        price *= 1 + random.nextGaussian() * 0.0005;
        String tick = tick(symbol, price, random.nextDouble(0.1, 5), (price / first - 1) * 100);
        var written = producer.send(new ProducerRecord<>("market-ticks", symbol, tick)).get();
        System.out.printf("partition %d offset %d: %s%n", written.partition(), written.offset(), tick);
        Thread.sleep(100);
      }
    }
  }

  /** As JSON, whatever the language of this machine. The symbol must need no escaping. */
  private static String tick(String symbol, double price, double size, double change) {
    return String.format(
        Locale.ROOT,
        "{\"symbol\":\"%s\",\"price\":%.4f,\"size\":%.3f,\"side\":\"buy\",\"change\":%.2f,\"time\":%d}",
        symbol, price, size, change, System.currentTimeMillis());
  }
}
