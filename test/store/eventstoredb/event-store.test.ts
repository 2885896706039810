import { describeEventStore } from "../../contract/event-store.ts";
import { eventStoreDB } from "../../eventstoredb/server-under-test.ts";

describeEventStore("EventStoreDB", {
  prepare: async () => {
    const { open } = await eventStoreDB();
    return () => Promise.resolve(open());
  },
  except: ["refuses known ids with different data", "takes any JSON object", "begins empty"],
});
