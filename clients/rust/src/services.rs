use crate::call::Call;
use crate::client::Connection;
use crate::v1;
use crate::v1::approver_key_service_client::ApproverKeyServiceClient;
use crate::v1::audit_service_client::AuditServiceClient;
use crate::v1::decision_service_client::DecisionServiceClient;
use crate::v1::imported_decision_service_client::ImportedDecisionServiceClient;
use crate::v1::template_service_client::TemplateServiceClient;

/// The longest message. Packages are up to 64 MiB.
const MAX_MESSAGE: usize = 90 << 20;

/// A service whose unary RPCs are methods that give calls. A `command` takes a request_id, a `query` none.
macro_rules! service {
    ($(#[$about:meta])* $name:ident by $generated:ident {
        $($(#[$what:meta])* $kind:ident $rpc:ident($request:ident) -> $response:ident;)*
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug)]
        pub struct $name(Connection);

        impl $name {
            pub(crate) fn new(connection: Connection) -> Self {
                Self(connection)
            }

            $($(#[$what])* pub fn $rpc(&self, request: v1::$request) -> Call<v1::$request, v1::$response> {
                Call::new(&self.0, identified!($kind request), |channel, request| {
                    Box::pin(async move {
                        let mut service = $generated::new(channel)
                            .max_decoding_message_size(MAX_MESSAGE)
                            .max_encoding_message_size(MAX_MESSAGE);
                        service.$rpc(request).await
                    })
                })
            })*
        }

        /// Every unary RPC of the service: its name, and whether it takes a request_id.
        #[cfg(test)]
        impl $name {
            const RPCS: &[(&str, bool)] = &[$((stringify!($rpc), is_command!($kind))),*];
        }
    };
}

/// Gives a command an idempotency key of its own, where it has none: made once a call, so that all tries are the same command.
macro_rules! identified {
    (query $request:ident) => {
        $request
    };
    (command $request:ident) => {{
        let mut request = $request;
        if request.request_id.is_empty() {
            request.request_id = uuid::Uuid::new_v4().to_string();
        }
        request
    }};
}

#[cfg(test)]
macro_rules! is_command {
    (command) => {
        true
    };
    (query) => {
        false
    };
}

service! {
    /// Requests, approvals, execution and the story of decisions. [`Client::watch`](crate::Client::watch) and its siblings follow them.
    Decisions by DecisionServiceClient {
        /// Opens a decision and, unless it is to be a draft, attaches its policy.
        command create_decision(CreateDecisionRequest) -> CreateDecisionResponse;
        /// Attaches the policy of a draft. A policy attaches once.
        command attach_policy(AttachPolicyRequest) -> AttachPolicyResponse;
        /// Says yes.
        command grant_approval(GrantApprovalRequest) -> GrantApprovalResponse;
        /// Takes a yes back; possible until the gate.
        command revoke_approval(RevokeApprovalRequest) -> RevokeApprovalResponse;
        /// A veto, open to everybody: ends the decision; possible until the gate.
        command reject_decision(RejectDecisionRequest) -> RejectDecisionResponse;
        /// The requester's withdrawal: ends the decision; possible until the gate.
        command cancel_decision(CancelDecisionRequest) -> CancelDecisionResponse;
        /// Says what would become of a request: its policy, the guardrails, and what would stand in its way. Writes nothing.
        query explain_decision(ExplainDecisionRequest) -> ExplainDecisionResponse;
        /// Passes the gate and starts the run, once. A `wait` longer than the call's timeout ends with that.
        command execute_decision(ExecuteDecisionRequest) -> ExecuteDecisionResponse;
        /// Reviews an execution by break-glass. A person reviews once, and nobody what they executed themselves.
        command review_execution(ReviewExecutionRequest) -> ReviewExecutionResponse;
        /// Resolves an execution that has been started and has no outcome.
        command settle_execution(SettleExecutionRequest) -> SettleExecutionResponse;
        /// One decision, now or at any point of its past.
        query get_decision(GetDecisionRequest) -> GetDecisionResponse;
        /// Decisions, newest first, filtered.
        query list_decisions(ListDecisionsRequest) -> ListDecisionsResponse;
        /// The log of one decision, in order.
        query list_decision_events(ListDecisionEventsRequest) -> ListDecisionEventsResponse;
    }
}

service! {
    /// Named policies that requests can refer to.
    Templates by TemplateServiceClient {
        /// Makes a template. It never changes.
        command create_template(CreateTemplateRequest) -> CreateTemplateResponse;
        /// One template.
        query get_template(GetTemplateRequest) -> GetTemplateResponse;
        /// Templates, filtered.
        query list_templates(ListTemplatesRequest) -> ListTemplatesResponse;
    }
}

service! {
    /// Keys that approvers sign by.
    ApproverKeys by ApproverKeyServiceClient {
        /// Enrolls a key to an approver.
        command enroll_approver_key(EnrollApproverKeyRequest) -> EnrollApproverKeyResponse;
        /// Revokes a key, for ever.
        command revoke_approver_key(RevokeApproverKeyRequest) -> RevokeApproverKeyResponse;
        /// One key.
        query get_approver_key(GetApproverKeyRequest) -> GetApproverKeyResponse;
        /// Keys, filtered.
        query list_approver_keys(ListApproverKeysRequest) -> ListApproverKeysResponse;
    }
}

service! {
    /// Evidence to take away, and its verification.
    Audit by AuditServiceClient {
        /// The audit package of a decision.
        query export_audit_package(ExportAuditPackageRequest) -> ExportAuditPackageResponse;
        /// What a package proves.
        query verify_audit_package(VerifyAuditPackageRequest) -> VerifyAuditPackageResponse;
        /// A decision's log, to be taken to another server.
        query export_bundle(ExportBundleRequest) -> ExportBundleResponse;
        /// What such a log proves.
        query verify_bundle(VerifyBundleRequest) -> VerifyBundleResponse;
        /// Takes such a log over as foreign evidence. Importing it again changes nothing.
        command import_bundle(ImportBundleRequest) -> ImportBundleResponse;
        /// The keys that the server signs by.
        query list_server_keys(ListServerKeysRequest) -> ListServerKeysResponse;
    }
}

service! {
    /// Foreign evidence: decisions that were imported.
    Imported by ImportedDecisionServiceClient {
        /// Imports, filtered.
        query list_imported_decisions(ListImportedDecisionsRequest) -> ListImportedDecisionsResponse;
        /// One import.
        query get_imported_decision(GetImportedDecisionRequest) -> GetImportedDecisionResponse;
        /// The log of an import.
        query list_imported_decision_events(ListImportedDecisionEventsRequest) -> ListImportedDecisionEventsResponse;
        /// The bundle as it came.
        query export_imported_bundle(ExportImportedBundleRequest) -> ExportImportedBundleResponse;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const MESSAGES: &str = include_str!("generated/nexus.attest.v1.rs");
    const SERVICES: &str = include_str!("generated/nexus.attest.v1.tonic.rs");

    fn rpcs() -> impl Iterator<Item = &'static (&'static str, bool)> {
        [Decisions::RPCS, Templates::RPCS, ApproverKeys::RPCS, Audit::RPCS, Imported::RPCS].into_iter().flatten()
    }

    /// `create_decision` as the schema spells it.
    fn pascal(rpc: &str) -> String {
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        rpc.split('_').map(capital).collect()
    }

    #[test]
    fn every_unary_rpc_of_the_schema_but_the_routers_is_there() {
        let known: BTreeSet<String> = rpcs().map(|(rpc, _)| pascal(rpc)).collect();
        let watched = ["WatchDecision", "WatchDecisions", "WatchImportedDecision"].map(String::from);
        let known: BTreeSet<String> = known.into_iter().chain(watched).collect();
        let generated: BTreeSet<String> = SERVICES
            .split("from_static(\n                \"/nexus.attest.v1.")
            .skip(1)
            .filter_map(|rest| rest.split('"').next()?.split_once('/'))
            .filter(|(service, _)| *service != "RouterService")
            .map(|(_, rpc)| rpc.to_owned())
            .collect();
        assert_eq!(known, generated);
    }

    #[test]
    fn the_commands_are_the_rpcs_whose_requests_have_a_request_id() {
        for (rpc, is_command) in rpcs() {
            let name = format!("pub struct {}Request {{", pascal(rpc));
            let (_, body) = MESSAGES.split_once(&name).unwrap();
            let fields = body.split_once("\n}").unwrap().0;
            assert_eq!(fields.contains("pub request_id:"), *is_command, "{rpc}");
        }
    }
}
