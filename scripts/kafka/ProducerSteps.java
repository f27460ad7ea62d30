import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * ProducerSteps BOOTSTRAP < steps.jsonl
 *
 * Does what the console producer cannot: exact bytes, timestamps, null header values, batch
 * boundaries and transactions. One JSON step a line, named by "step":
 *   topic     {topic, partitions, configs{}}    creates it, one replica
 *   producer  {configs{}}                       closes the last producer and opens another
 *   send      {topic, partition, timestamp, key, value, headers[[name, value]]}   base64 or null
 *   flush     ends the batch; fails if a send failed
 *   begin · commit · abort                      of a transaction
 *   halt      dies at once, with whatever is open left open
 */
public final class ProducerSteps {
    private final String bootstrap;
    private final List<Future<?>> pending = new ArrayList<>();
    private KafkaProducer<byte[], byte[]> producer;

    private ProducerSteps(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    public static void main(String[] args) throws Exception {
        ProducerSteps steps = new ProducerSteps(args[0]);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                steps.take(RecordJson.MAPPER.readTree(line));
            }
        }
        steps.closeProducer();
    }

    private void take(JsonNode step) throws Exception {
        switch (step.get("step").asText()) {
            case "topic" -> createTopic(step);
            case "producer" -> openProducer(step);
            case "send" -> pending.add(producer.send(record(step)));
            case "flush" -> flush();
            case "begin" -> producer.beginTransaction();
            case "commit" -> producer.commitTransaction();
            case "abort" -> producer.abortTransaction();
            case "halt" -> Runtime.getRuntime().halt(0);
            default -> throw new IllegalArgumentException("unknown step: " + step);
        }
    }

    private void createTopic(JsonNode step) throws Exception {
        NewTopic topic = new NewTopic(step.get("topic").asText(), step.get("partitions").asInt(), (short) 1);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(topic.configs(configs(step)))).all().get();
        }
    }

    private void openProducer(JsonNode step) throws Exception {
        closeProducer();
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        // Only a flush ends a batch: the same steps give the same batches on any machine.
        properties.put("linger.ms", "600000");
        properties.put("delivery.timeout.ms", "700000");
        properties.put("batch.size", "1000000");
        properties.putAll(configs(step));
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        if (properties.containsKey("transactional.id")) producer.initTransactions();
    }

    private void closeProducer() throws Exception {
        if (producer == null) return;
        flush();
        producer.close();
    }

    private void flush() throws Exception {
        producer.flush();
        for (Future<?> sent : pending) sent.get();
        pending.clear();
    }

    private static Map<String, String> configs(JsonNode step) {
        Map<String, String> configs = new HashMap<>();
        step.get("configs").properties().forEach(field -> configs.put(field.getKey(), field.getValue().asText()));
        return configs;
    }

    private static ProducerRecord<byte[], byte[]> record(JsonNode step) throws IOException {
        List<Header> headers = new ArrayList<>();
        for (JsonNode header : step.get("headers")) {
            headers.add(new RecordHeader(header.get(0).asText(), bytes(header.get(1))));
        }
        return new ProducerRecord<>(step.get("topic").asText(), step.get("partition").asInt(),
                step.get("timestamp").asLong(), bytes(step.get("key")), bytes(step.get("value")), headers);
    }

    private static byte[] bytes(JsonNode base64) throws IOException {
        return base64.isNull() ? null : base64.binaryValue();
    }
}
