package verify

import (
	"reflect"
	"slices"

	"github.com/nexus-attest/nexus-attest/clients/go/internal/jcs"
)

// The most that a list of a policy may hold once overrides were added to it.
const maxCapabilities, maxLabels = 32, 32

func (v *verification) judgeTemplate() {
	use, used := v.log.policyAttached["template"].(object)
	given, carried := v.given["template"].(object)
	var wrong problems
	if !used {
		if carried {
			wrong.add("the package has a template that the log did not use")
			v.report.judge("template", wrong)
			return
		}
		v.report.notChecked("template", "No template was used.")
		return
	}
	theirs := known(policyShape, messageIn(use, "templatePolicy"))
	wrong.addAll(policyBounds(theirs))
	if !wrong.any() {
		policy, refused := tighten(theirs, known(overridesShape, messageIn(use, "overrides")))
		wrong.addAll(refused)
		if !wrong.any() && !reflect.DeepEqual(policy, known(policyShape, v.log.policy)) {
			wrong.add("the policy is not what template and overrides make")
		}
	}
	if !carried {
		if v.report.judge("template", wrong) {
			v.report.notChecked("template", "The template itself is not in the package; what the log says of it is sound.")
		}
		return
	}
	var found findings
	found.inspect(templateEventShape, given, &place{nil, "template", -1})
	for _, unreadable := range []problems{found.values, found.missing, found.labels} {
		if unreadable.any() {
			wrong.add("cannot be read: %s", unreadable)
		}
	}
	wrong.differs("digest of the template", textOf(use, "digest"), digest(given))
	wrong.differs("name of the template", textOf(use, "name"), textOf(given, "name"))
	if !reflect.DeepEqual(known(policyShape, messageIn(messageIn(given, "templateCreated"), "policy")), theirs) {
		wrong.add("the template has another policy")
	}
	v.report.judge("template", wrong)
}

// tighten gives the policy that a template's policy and overrides make, and why one of these is refused; both of known fields only.
func tighten(template, overrides object) (policy object, refused problems) {
	policy = object{}
	for field, value := range template {
		policy[field] = value
	}
	for field, wanted := range overrides {
		switch field {
		case "minApprovals":
			if numberOf(overrides, field) < numberOf(template, field) {
				refused.add("%s: less than the template's", field)
			}
			policy[field] = wanted
		case "maxSteps", "maxApprovalLifetimeSeconds":
			theirs, ours := numberOf(template, field), numberOf(overrides, field)
			if theirs != 0 && (ours == 0 || ours > theirs) {
				refused.add("%s: looser than the template's", field)
			}
			policy[field] = wanted
		case "allowSelfApproval":
			if flagOf(overrides, field) && !flagOf(template, field) {
				refused.add("%s: the template forbids it", field)
			}
			policy[field] = wanted
		case "humansOnly", "requireComment", "requireSignedApprovals":
			if !flagOf(overrides, field) && flagOf(template, field) {
				refused.add("%s: the template wants it", field)
			}
			policy[field] = wanted
		case "allowedModes", "allowedAdapters":
			policy[field] = fewer(field, template, overrides, &refused)
		case "requireAdapterCapabilities":
			policy[field] = moreCapabilities(template, overrides, &refused)
		case "labels":
			policy[field] = moreLabels(template, overrides, &refused)
		case "groups":
			policy[field] = moreGroups(template, overrides, &refused)
		}
		if policy[field] == float64(0) || policy[field] == false {
			delete(policy, field)
		}
	}
	return policy, refused
}

// namesOf are the names of a list's elements, by which they may stand once, each with its place.
func namesOf(list []any, key, field string, refused *problems) map[string]int {
	places := map[string]int{}
	for index, element := range list {
		name := nameOf(element, key)
		if _, twice := places[name]; twice && refused != nil {
			refused.add("%s: one stands twice", field)
		}
		places[name] = index
	}
	return places
}

// nameOf is the element itself where a list is of texts, else what its key holds.
func nameOf(element any, key string) string {
	if key == "" {
		return element.(string)
	}
	return textOf(element.(object), key)
}

func fewer(field string, template, overrides object, refused *problems) any {
	wanted := namesOf(listIn(overrides, field), "", field, refused)
	theirs := namesOf(listIn(template, field), "", field, nil)
	for name := range wanted {
		if _, there := theirs[name]; !there {
			refused.add("%s: one is not among the template's", field)
		}
	}
	kept := []any{}
	for _, element := range listIn(template, field) {
		if _, there := wanted[element.(string)]; there {
			kept = append(kept, element)
		}
	}
	return kept
}

func moreCapabilities(template, overrides object, refused *problems) any {
	const field = "requireAdapterCapabilities"
	wanted := listIn(overrides, field)
	namesOf(wanted, "", field, refused)
	return added(field, "", listIn(template, field), wanted, maxCapabilities, refused)
}

func moreLabels(template, overrides object, refused *problems) any {
	const field = "labels"
	wanted := listIn(overrides, field)
	places := namesOf(wanted, "key", field, refused)
	for _, label := range listIn(template, field) {
		if at, there := places[nameOf(label, "key")]; there && textOf(wanted[at].(object), "value") != textOf(label.(object), "value") {
			refused.add("%s: the template has another value", field)
		}
	}
	made := added(field, "key", listIn(template, field), wanted, maxLabels, refused)
	slices.SortStableFunc(made, func(a, b any) int { return jcs.CompareUTF16(nameOf(a, "key"), nameOf(b, "key")) })
	return made
}

func moreGroups(template, overrides object, refused *problems) any {
	const field = "groups"
	wanted := listIn(overrides, field)
	places := namesOf(wanted, "group", field, refused)
	raised := []any{}
	for _, group := range listIn(template, field) {
		if at, there := places[nameOf(group, "group")]; there {
			if numberOf(wanted[at].(object), "minApprovals") < numberOf(group.(object), "minApprovals") {
				refused.add("%s: fewer than the template's", field)
			}
			group = wanted[at]
		}
		raised = append(raised, group)
	}
	return added(field, "group", raised, wanted, maxGroups, refused)
}

// added is the template's and behind them those that are not among them.
func added(field, key string, theirs, wanted []any, most int, refused *problems) []any {
	places := namesOf(theirs, key, field, nil)
	made := slices.Clone(theirs)
	for _, element := range wanted {
		if _, there := places[nameOf(element, key)]; !there {
			made = append(made, element)
		}
	}
	if len(made) > most {
		refused.add("%s: %d are more than %d", field, len(made), most)
	}
	return made
}
