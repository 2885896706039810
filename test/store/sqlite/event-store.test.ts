import { openSqliteEventStore } from "../../../src/store/sqlite/event-store.ts";
import { describeEventStore } from "../../contract/event-store.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

describeEventStore("the embedded event store", {
  prepare: async () => {
    const directory = temporaryDirectory();
    return () => openSqliteEventStore({ directory });
  },
  except: [],
});
