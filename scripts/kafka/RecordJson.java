import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import org.apache.kafka.common.header.Header;

/**
 * How records are written as JSON here, by every tool: bytes as base64, null as null, and bytes
 * longer than LONGEST_INLINE_BYTES as {"size": n, "sha256": hex}, so expected files stay small.
 */
final class RecordJson {
    static final ObjectMapper MAPPER = new ObjectMapper();
    static final int LONGEST_INLINE_BYTES = 64;

    private RecordJson() {}

    static ObjectNode of(long offset, long timestamp, byte[] key, byte[] value, Iterable<Header> headers) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("offset", offset);
        json.put("timestamp", timestamp);
        json.set("key", bytes(key));
        json.set("value", bytes(value));
        ArrayNode list = json.putArray("headers");
        for (Header header : headers) list.addArray().add(header.key()).add(bytes(header.value()));
        return json;
    }

    static JsonNode bytes(byte[] bytes) {
        if (bytes == null) return NullNode.getInstance();
        if (bytes.length <= LONGEST_INLINE_BYTES) return TextNode.valueOf(Base64.getEncoder().encodeToString(bytes));
        ObjectNode digest = JsonNodeFactory.instance.objectNode();
        digest.put("size", bytes.length);
        digest.put("sha256", sha256(bytes));
        return digest;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
