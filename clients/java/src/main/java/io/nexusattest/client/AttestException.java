package io.nexusattest.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.nexusattest.v1.BlockingReason;
import io.nexusattest.v1.GateClosed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A call that failed. Programs look at the reason, not at the message: docs/errors.md explains every reason and says what to do. */
@SuppressWarnings("serial") // What List.copyOf and Map.copyOf give can be serialized, though their types do not say so.
public class AttestException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Status.Code code;
  private final String reason;
  private final Map<String, String> metadata;
  private final List<BlockingReason> blockingReasons;
  private final List<FieldViolation> fieldViolations;
  private final Duration retryDelay;

  /** A failure that this side saw. */
  AttestException(Status.Code code, String message, Throwable cause) {
    super(code + ": " + message, cause);
    this.code = code;
    this.reason = "";
    this.metadata = Map.of();
    this.blockingReasons = List.of();
    this.fieldViolations = List.of();
    this.retryDelay = Duration.ZERO;
  }

  private AttestException(StatusRuntimeException said, Details details) {
    super(details.reasonOr(said.getStatus().getCode().name()) + ": " + details.message, said);
    this.code = said.getStatus().getCode();
    this.reason = details.info.getReason();
    this.metadata = Map.copyOf(details.info.getMetadataMap());
    this.blockingReasons = List.copyOf(details.blockingReasons);
    this.fieldViolations = List.copyOf(details.fieldViolations);
    this.retryDelay = details.retryDelay;
  }

  /** What the status of a call and its details say. */
  static AttestException of(StatusRuntimeException said) {
    return new AttestException(said, new Details(said));
  }

  /** The code of gRPC. */
  public Status.Code getCode() {
    return code;
  }

  /** A name of the schema's ErrorReason without its prefix, such as {@code GATE_CLOSED}; empty if no server said one, for the network failed. */
  public String getReason() {
    return reason;
  }

  /** Facts that a program may want to go on with; docs/errors.md says which come with which reason. */
  public Map<String, String> getMetadata() {
    return metadata;
  }

  /** With {@code GATE_CLOSED}: why the decision cannot be executed now. */
  public List<BlockingReason> getBlockingReasons() {
    return blockingReasons;
  }

  /** The fields of the request that break a constraint. */
  public List<FieldViolation> getFieldViolations() {
    return fieldViolations;
  }

  /** How long the server would like to be left alone; zero if it does not say. */
  public Duration getRetryDelay() {
    return retryDelay;
  }

  private static final class Details {
    final String message;
    ErrorInfo info = ErrorInfo.getDefaultInstance();
    final List<BlockingReason> blockingReasons = new ArrayList<>();
    final List<FieldViolation> fieldViolations = new ArrayList<>();
    Duration retryDelay = Duration.ZERO;

    Details(StatusRuntimeException said) {
      message = message(said.getStatus());
      com.google.rpc.Status status = StatusProto.fromThrowable(said);
      if (status == null) return;
      for (Any detail : status.getDetailsList()) {
        try {
          read(detail);
        } catch (InvalidProtocolBufferException garbled) {
          said.addSuppressed(garbled);
        }
      }
    }

    private void read(Any detail) throws InvalidProtocolBufferException {
      if (detail.is(ErrorInfo.class)) {
        info = detail.unpack(ErrorInfo.class);
      } else if (detail.is(GateClosed.class)) {
        blockingReasons.addAll(detail.unpack(GateClosed.class).getBlockingReasonsList());
      } else if (detail.is(BadRequest.class)) {
        for (BadRequest.FieldViolation violation : detail.unpack(BadRequest.class).getFieldViolationsList()) {
          fieldViolations.add(new FieldViolation(violation.getField(), violation.getDescription()));
        }
      } else if (detail.is(RetryInfo.class)) {
        com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
        retryDelay = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
      }
    }

    /** What the server said; where it was not heard, what went wrong on the way, which the transport says in causes only. */
    private static String message(Status status) {
      String description = status.getDescription() == null ? "nothing more was said" : status.getDescription();
      if (status.getCause() == null) return description;
      Throwable deepest = status.getCause();
      while (deepest.getCause() != null) deepest = deepest.getCause();
      return description.lines().findFirst().orElse("") + ": " + deepest;
    }

    String reasonOr(String otherwise) {
      return info.getReason().isEmpty() ? otherwise : info.getReason();
    }
  }
}
