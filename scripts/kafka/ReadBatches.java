import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;

/**
 * ReadBatches FILE.log...
 *
 * Prints every batch of every file as Kafka's own reader decodes it, one JSON line a batch, the
 * records inside (see RecordJson). It needs no broker. Bytes behind the last whole batch of a file
 * are one line {"file", "invalidBytes"}. A batch whose checksum is wrong has "valid": false and no
 * records; a batch that Kafka cannot decode ends the run with Kafka's exception.
 */
public final class ReadBatches {
    private ReadBatches() {}

    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false, StandardCharsets.UTF_8);
        for (String path : args) read(path, out);
        out.flush();
    }

    private static void read(String path, PrintStream out) throws IOException {
        try (FileRecords file = FileRecords.open(new File(path), false)) {
            int position = 0;
            for (FileChannelRecordBatch batch : file.batches()) {
                out.println(describe(path, position, batch));
                position += batch.sizeInBytes();
            }
            if (position < file.sizeInBytes()) {
                ObjectNode tail = RecordJson.MAPPER.createObjectNode();
                tail.put("file", path);
                tail.put("invalidBytes", file.sizeInBytes() - position);
                out.println(tail);
            }
        }
    }

    private static ObjectNode describe(String path, int position, FileChannelRecordBatch batch) {
        ObjectNode json = RecordJson.MAPPER.createObjectNode();
        json.put("file", path);
        json.put("position", position);
        json.put("sizeBytes", batch.sizeInBytes());
        json.put("valid", batch.isValid());
        json.put("baseOffset", batch.baseOffset());
        json.put("lastOffset", batch.lastOffset());
        json.put("codec", batch.compressionType().name);
        json.put("timestampType", batch.timestampType().name);
        json.put("maxTimestamp", batch.maxTimestamp());
        json.put("partitionLeaderEpoch", batch.partitionLeaderEpoch());
        json.put("producerId", batch.producerId());
        json.put("producerEpoch", batch.producerEpoch());
        json.put("baseSequence", batch.baseSequence());
        json.put("isTransactional", batch.isTransactional());
        json.put("isControl", batch.isControlBatch());
        batch.deleteHorizonMs().ifPresent(horizon -> json.put("deleteHorizonMs", horizon));
        ArrayNode records = json.putArray("records");
        if (batch.isValid()) {
            for (Record record : batch) records.add(describe(record));
        }
        return json;
    }

    private static ObjectNode describe(Record record) {
        List<Header> headers = List.of(record.headers());
        return RecordJson.of(record.offset(), record.timestamp(), copy(record.key()), copy(record.value()), headers);
    }

    private static byte[] copy(ByteBuffer buffer) {
        if (buffer == null) return null;
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
