import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * PrintRecords BOOTSTRAP ISOLATION TOPIC:PARTITION...
 *
 * Prints what Kafka's own consumer is given, from the start of each partition to its end, as JSON
 * lines (see RecordJson). The end is the one seen at the start, so it always stops.
 */
public final class PrintRecords {
    private PrintRecords() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false, StandardCharsets.UTF_8);
        List<TopicPartition> partitions = new ArrayList<>();
        for (int i = 2; i < args.length; i++) {
            int colon = args[i].lastIndexOf(':');
            partitions.add(new TopicPartition(args[i].substring(0, colon), Integer.parseInt(args[i].substring(colon + 1))));
        }
        for (TopicPartition partition : partitions) print(args[0], args[1], partition, out);
        out.flush();
    }

    /** One consumer a partition: its records come out in offset order, never interleaved. */
    private static void print(String bootstrap, String isolation, TopicPartition partition, PrintStream out) {
        Properties config = new Properties();
        config.put("bootstrap.servers", bootstrap);
        config.put("isolation.level", isolation);
        config.put("enable.auto.commit", "false");
        config.put("check.crcs", "true");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> only = List.of(partition);
            consumer.assign(only);
            consumer.seekToBeginning(only);
            Map<TopicPartition, Long> end = consumer.endOffsets(only);
            while (consumer.position(partition) < end.get(partition)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    ObjectNode json = RecordJson.MAPPER.createObjectNode();
                    json.put("topic", record.topic());
                    json.put("partition", record.partition());
                    json.setAll(RecordJson.of(record.offset(), record.timestamp(), record.key(), record.value(), record.headers()));
                    out.println(json);
                }
            }
        }
    }
}
