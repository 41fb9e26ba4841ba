// Judges event patterns as AWS's own Event Ruler does: each line of the input is {"pattern":…,"event":…}; each line of the
// output is true, false, or invalid.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;

public class EventRuler {
  public static void main(String[] arguments) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode one = mapper.readTree(line);
      System.out.println(verdict(one.get("pattern").toString(), one.get("event").toString()));
    }
  }

  private static String verdict(String pattern, String event) throws Exception {
    if (JsonRuleCompiler.check(pattern) != null) return "invalid";
    Machine machine = new Machine();
    machine.addRule("rule", pattern);
    return String.valueOf(!machine.rulesForJSONEvent(event).isEmpty());
  }
}
