package io.nexusattest.verify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Recomputes every digest in a package, as whoever changes one would, so that what is left to find is the change itself, and the signatures. Leaves out what
 * is not there to seal.
 */
final class Sealer {
  private final Map<String, Object> file;
  /** The events of the approvals that the gate relies on, whatever their digests become. */
  private final Set<Object> reliedOn = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Of a package in which nothing is changed yet. */
  Sealer(Map<String, Object> file) {
    this.file = file;
    List<Map<String, Object>> events = Fields.messages(Fields.message(file, "controlBundle"), "events");
    Set<Object> digests = new HashSet<>();
    for (Map<String, Object> event : events) digests.addAll(body(event, "executionRequested") == null ? List.of() : Fields.texts(body(event,
        "executionRequested"), "approvalDigests"));
    for (Map<String, Object> event : events) if (digests.contains(Digests.of(event))) reliedOn.add(event);
  }

  void relyOn(Object event, boolean relied) {
    if (relied) reliedOn.add(event);
    else reliedOn.remove(event);
  }

  void seal() {
    if (!(file.get("controlBundle") instanceof Map<?, ?>) || !(file.get("link") instanceof Map<?, ?>) || !(file.get("router") instanceof Map<?, ?>)) return;
    Map<String, Object> bundle = Fields.message(file, "controlBundle");
    if (!(bundle.get("events") instanceof List<?> listed) || listed.isEmpty() || !listed.stream().allMatch(each -> each instanceof Map<?, ?>)) return;
    List<Map<String, Object>> events = Fields.messages(bundle, "events");
    Map<String, Object> link = Fields.message(file, "link");
    List<Object> approvals = new ArrayList<>();
    Map<String, Object> created = body(events.get(0), "decisionCreated");
    Map<String, Object> attached = events.stream().map(each -> body(each, "policyAttached")).filter(each -> each != null).findFirst().orElse(null);
    String requestDigest = Digests.of(new GivenFields().take(bundle, "decisionId").put("decisionCreated", created).put("policyAttached", attached).made());
    Object policy = attached == null ? null : attached.get("policy");
    String before = null;
    for (Map<String, Object> event : events) {
      if (before != null) event.put("previousDigest", before);
      Map<String, Object> approval = body(event, "approvalGranted");
      if (approval != null) approval.put("requestDigest", requestDigest);
      Map<String, Object> gate = body(event, "executionRequested");
      if (gate != null && created != null && policy instanceof Map<?, ?>) {
        if (!approvals.isEmpty()) gate.put("approvalDigests", List.copyOf(approvals));
        gate.put("policyDigest", Digests.of(policy));
        GivenFields request = new GivenFields().take(bundle, "decisionId").take(gate, "adapterId").take(gate, "mode").take(gate, "approvalDigests");
        request.take(created, "goal").take(created, "plan").take(created, "labels").take(Fields.message(attached, "policy"), "maxSteps");
        gate.put("routerRequestDigest", Digests.of(request.put("requestDigest", requestDigest).put("policyDigest", Digests.of(policy)).made()));
        link.put("executionRequestedDigest", "");
        new GivenFields().take(gate, "adapterId").take(gate, "mode").take(gate, "approvalDigests").take(gate, "routerRequestDigest").take(gate,
            "policyDigest").made().forEach(link::put);
        link.put("requestDigest", requestDigest);
      }
      before = Digests.of(event);
      if (gate != null) link.put("executionRequestedDigest", before);
      if (reliedOn.contains(event)) approvals.add(before);
    }
    bundle.put("headDigest", before);
    file.put("controlDigest", Digests.of(bundle));
    file.put("linkDigest", Digests.of(link));
    GivenFields binding = new GivenFields().take(file, "packageVersion").put("controlDigest", file.get("controlDigest"));
    file.put("bindingDigest", Digests.of(binding.take(Fields.message(file, "router"), "routerDigest").put("linkDigest", file.get("linkDigest")).made()));
  }

  private static Map<String, Object> body(Map<String, Object> event, String name) {
    return event.get(name) instanceof Map<?, ?> ? Fields.message(event, name) : null;
  }
}
