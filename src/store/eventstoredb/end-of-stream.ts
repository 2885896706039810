import streams from "@eventstore/db-client/generated/streams_pb.js";
import { InterceptingCall, type Interceptor } from "@grpc/grpc-js";

/** From this level on the server ends a read of a stream by a message with the stream's last revision. The client asks for none, and passes the message over. */
const SAYS_WHERE_IT_ENDS = 1;

type Request = InstanceType<typeof streams.ReadReq>;
type Answer = Partial<Pick<InstanceType<typeof streams.ReadResp>, "hasLastStreamPosition" | "getLastStreamPosition">>;

/** Asks the server to say where the stream ends that is read, and listens for it: an answer that was cut short, however well it ended, lacks that word. */
export function endOfStream(heard: (revision: number) => void): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      sendMessage(request: Request, pass) {
        const control = new streams.ReadReq.Options.ControlOption().setCompatibility(SAYS_WHERE_IT_ENDS);
        request.getOptions()?.setControlOption(control);
        pass(request);
      },
      start(metadata, _, next) {
        next(metadata, {
          onReceiveMessage(message: Answer | null, pass) {
            if (message?.hasLastStreamPosition?.() === true) heard(Number(message.getLastStreamPosition?.()));
            pass(message);
          },
        });
      },
    });
}
