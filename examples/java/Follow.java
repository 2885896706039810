import io.nexusattest.client.AttestClient;
import io.nexusattest.client.Watch;
import io.nexusattest.v1.DecisionFilter;
import io.nexusattest.v1.DecisionSummary;
import io.nexusattest.v1.WatchDecisionsResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A program that follows everything: Follow CURSOR_FILE
 *
 * <p>Prints a line for each change of a decision, for ever. Where it is stands in the file, so that it goes on there when it is started again.
 */
public final class Follow {
  private Follow() {}

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    String cursor = Files.exists(file) ? Files.readString(file) : "";
    try (AttestClient follower = Connect.toServer();
        Watch<WatchDecisionsResponse> watch = follower.watchAll(DecisionFilter.getDefaultInstance(), cursor)) {
      for (WatchDecisionsResponse message : watch) {
        if (message.hasChange()) {
          DecisionSummary decision = message.getChange().getDecision();
          System.out.println(decision.getDecisionId() + " " + decision.getState() + " " + decision.getGoal());
        }
        // Only what has been dealt with is behind us.
        keep(file, message.hasChange() ? message.getChange().getCursor() : message.getCaughtUp().getCursor());
      }
    }
  }

  /** In one step, so that a crash leaves the old place or the new one. */
  private static void keep(Path file, String cursor) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(beside, cursor);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
