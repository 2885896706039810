package verify

// The fields of docs/audit-package.md, "Fields", and of docs/signatures.md, "Trust policies".

type kind int

const (
	text kind = iota
	number
	flag
	name
	moment
	octets
	message
)

type field struct {
	kind     kind
	names    []string // of a name: the ones allowed
	shape    shape    // of a message
	list     bool
	required bool
	optional bool // may also hold 0 or false
}

// shape is the fields of a message by their names.
type shape map[string]field

func one(kind kind) field            { return field{kind: kind} }
func oneOf(names ...string) field    { return field{kind: name, names: names} }
func messageOf(shape shape) field    { return field{kind: message, shape: shape} }
func listOf(f field) field           { f.list = true; return f }
func required(f field) field         { f.required = true; return f }
func (s shape) has(name string) bool { _, there := s[name]; return there }

func (s shape) with(more shape) shape {
	made := shape{}
	for _, part := range []shape{s, more} {
		for name, field := range part {
			made[name] = field
		}
	}
	return made
}

var (
	mode             = oneOf("MODE_DRY_RUN", "MODE_APPLY")
	actorType        = oneOf("ACTOR_TYPE_HUMAN", "ACTOR_TYPE_SYSTEM")
	settlementBasis  = oneOf("SETTLEMENT_BASIS_ROUTER_ANSWER", "SETTLEMENT_BASIS_OPERATOR_STATEMENT")
	overruled        = oneOf("OVERRULED_RUNNING", "OVERRULED_SUCCEEDED", "OVERRULED_FAILED", "OVERRULED_NOT_ASKED")
	reviewVerdict    = oneOf("REVIEW_VERDICT_JUSTIFIED", "REVIEW_VERDICT_UNJUSTIFIED")
	packageMode      = oneOf("PACKAGE_MODE_REFERENCE", "PACKAGE_MODE_EMBEDDED")
	actor            = messageOf(shape{"type": required(actorType), "id": required(one(text))})
	labels           = listOf(messageOf(labelShape))
	labelShape       = shape{"key": one(text), "value": one(text)}
	envelopeOfFields = messageOf(shape{
		"payload":     one(octets),
		"payloadType": one(text),
		"signatures":  listOf(messageOf(shape{"keyid": one(text), "sig": one(octets)})),
	})
)

var approverGroups = listOf(messageOf(shape{"group": one(text), "minApprovals": one(number)}))

// guardrails are what operators demand beyond the policy.
var guardrails = listOf(messageOf(shape{
	"digest": one(text),
	"guardrail": required(messageOf(shape{
		"name":                       one(text),
		"match":                      messageOf(shape{"adapters": listOf(one(text)), "labels": labels, "modes": listOf(mode)}),
		"minApprovals":               one(number),
		"groups":                     approverGroups,
		"humansOnly":                 one(flag),
		"requireSignedApprovals":     one(flag),
		"allowedModes":               listOf(mode),
		"maxApprovalLifetimeSeconds": one(number),
		"requiredLabels":             listOf(messageOf(shape{"key": one(text), "values": listOf(one(text))})),
		"allowSelfApproval":          one(flag),
	})),
}))

var policyShape = shape{
	"minApprovals":               one(number),
	"allowedModes":               listOf(mode),
	"requireAdapterCapabilities": listOf(one(text)),
	"maxSteps":                   one(number),
	"labels":                     labels,
	"allowedAdapters":            listOf(one(text)),
	"allowSelfApproval":          one(flag),
	"humansOnly":                 one(flag),
	"groups":                     approverGroups,
	"requireComment":             one(flag),
	"maxApprovalLifetimeSeconds": one(number),
	"requireSignedApprovals":     one(flag),
}

// overridesShape is the policy's, whose numbers and flags are optional.
var overridesShape = func() shape {
	made := shape{}
	for name, field := range policyShape {
		field.optional = field.kind == number || field.kind == flag
		made[name] = field
	}
	return made
}()

var (
	settlement = messageOf(shape{"basis": required(settlementBasis), "reason": one(text), "overruled": overruled})
	reason     = messageOf(shape{"reason": one(text)})
	completed  = shape{
		"runId":           one(text),
		"routerDigest":    one(text),
		"stepsExecuted":   one(number),
		"settlement":      settlement,
		"routerMediaType": one(text),
		"routerSignature": envelopeOfFields,
	}
	plan = messageOf(shape{"steps": listOf(messageOf(shape{
		"stepId": one(text),
		"intent": one(text),
		"call":   required(messageOf(shape{"tool": one(text), "method": one(text), "argumentsJson": one(text)})),
	}))})
)

// bodies are the fields of which an event has one.
var bodies = shape{
	"decisionCreated": messageOf(shape{"goal": one(text), "mode": required(mode), "plan": plan, "adapterId": one(text), "labels": labels}),
	"policyAttached": messageOf(shape{
		"policy": required(messageOf(policyShape)),
		"template": messageOf(shape{
			"name":           one(text),
			"digest":         one(text),
			"templatePolicy": required(messageOf(policyShape)),
			"overrides":      messageOf(overridesShape),
		}),
		"guardrails": guardrails,
	}),
	"approvalGranted": messageOf(shape{
		"comment":       one(text),
		"expiresAt":     one(moment),
		"requestDigest": one(text),
		"groups":        listOf(one(text)),
		"signature":     envelopeOfFields,
	}),
	"approvalRevoked": messageOf(shape{"approver": required(actor), "reason": one(text)}),
	"executionRequested": messageOf(shape{
		"adapterId":           one(text),
		"mode":                required(mode),
		"adapterCapabilities": listOf(one(text)),
		"approvalDigests":     listOf(one(text)),
		"policyDigest":        one(text),
		"routerRequestDigest": one(text),
		"guardrails":          guardrails,
		"separationOfDuties":  messageOf(shape{"executorIsNotRequester": one(flag), "approverIsNotExecutor": one(flag)}),
		"breakGlass":          messageOf(shape{"reason": one(text), "minApprovals": one(number), "reviewBy": required(one(moment))}),
	}),
	"executionReviewed":       messageOf(shape{"verdict": required(reviewVerdict), "comment": one(text), "groups": listOf(one(text))}),
	"executionStarted":        messageOf(shape{"serverId": one(text)}),
	"executionCompleted":      messageOf(completed),
	"executionFailed":         messageOf(completed.with(shape{"code": one(text), "message": one(text)})),
	"decisionRejected":        reason,
	"decisionCancelled":       reason,
	"executionOutcomeUnknown": messageOf(shape{"reason": one(text), "runId": one(text), "settlement": settlement}),
}

var eventShape = bodies.with(shape{
	"eventId":        required(one(text)),
	"decisionId":     one(text),
	"seq":            one(number),
	"occurredAt":     required(one(moment)),
	"actor":          required(actor),
	"delegate":       actor,
	"requestId":      one(text),
	"previousDigest": one(text),
})

var templateEventShape = shape{
	"eventId":    required(one(text)),
	"name":       one(text),
	"occurredAt": required(one(moment)),
	"actor":      required(actor),
	"delegate":   actor,
	"requestId":  one(text),
	"templateCreated": required(messageOf(shape{
		"policy":      required(messageOf(policyShape)),
		"matchLabels": labels,
		"description": one(text),
	})),
}

var linkShape = shape{
	"decisionId":               one(text),
	"runId":                    one(text),
	"adapterId":                one(text),
	"mode":                     mode,
	"requestDigest":            one(text),
	"policyDigest":             one(text),
	"approvalDigests":          listOf(one(text)),
	"executionRequestedDigest": one(text),
	"routerRequestDigest":      one(text),
	"routerDigest":             one(text),
}

var packageShape = shape{
	"packageVersion": one(text),
	"controlBundle": messageOf(shape{
		"bundleVersion": one(text),
		"decisionId":    one(text),
		"events":        listOf(messageOf(eventShape)),
		"headDigest":    one(text),
	}),
	"controlDigest": one(text),
	"router": messageOf(shape{
		"mode":               packageMode,
		"runId":              one(text),
		"adapterId":          one(text),
		"routerDigest":       one(text),
		"runBundle":          one(octets),
		"runBundleMediaType": one(text),
	}),
	"link":          messageOf(linkShape),
	"linkDigest":    one(text),
	"bindingDigest": one(text),
	"signature":     envelopeOfFields,
	"template":      messageOf(templateEventShape),
}

var trustPolicyShape = shape{
	"policyVersion": one(text),
	"serverKeys": listOf(messageOf(shape{
		"name": one(text), "publicKey": one(octets), "notBefore": one(moment), "notAfter": one(moment),
	})),
	"approverKeys": listOf(messageOf(shape{
		"approver": required(actor), "publicKey": one(octets), "notBefore": one(moment), "revokedAt": one(moment),
	})),
	"routerKeys": listOf(messageOf(shape{
		"name": one(text), "publicKey": one(octets), "adapterIds": listOf(one(text)), "notBefore": one(moment), "notAfter": one(moment),
	})),
	"requiredChecks":     listOf(one(text)),
	"requiredGuardrails": listOf(one(text)),
	"acceptedBreakGlass": oneOf(acceptReviewed, acceptAll),
	"notBefore":          one(moment),
	"notAfter":           one(moment),
}
