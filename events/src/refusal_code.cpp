#include <certledger/events/refusal_code.hpp>

namespace certledger::events {

std::string_view meaning(RefusalCode code) noexcept {
    switch (code) {
        case RefusalCode::illegal_transition:
            return "the status does not permit the command";
        case RefusalCode::unknown_stream:
            return "no certificate, quota or policy stream has this id";
        case RefusalCode::already_exists:
            return "the id, or the certificate's fingerprint in this account, is taken";
        case RefusalCode::command_id_reused:
            return "this command id was accepted before with other content";
        case RefusalCode::version_conflict:
            return "the stream is not at the version that the caller expected";
        case RefusalCode::invalid_field:
            return "a field is missing, unknown, malformed or out of its range";
        case RefusalCode::invalid_domain_name:
            return "a name is not a domain name that can be ordered";
        case RefusalCode::names_do_not_fit_product:
            return "number or kind of the names is not what the product covers";
        case RefusalCode::method_not_allowed:
            return "the validation step cannot be used for this level or name";
        case RefusalCode::names_mismatch:
            return "the certificate's names are not the application's";
        case RefusalCode::key_mismatch:
            return "the certificate's or given key is not the application's";
        case RefusalCode::contact_incomplete:
            return "a member of the contact is missing or blank";
        case RefusalCode::company_required:
            return "an ov or ev application needs a complete company";
        case RefusalCode::csr_invalid:
            return "the certificate request does not parse or does not prove possession of its key";
        case RefusalCode::csr_names_mismatch:
            return "the certificate request names other names than the certificate";
        case RefusalCode::weak_key:
            return "the key is weaker than the rules allow";
        case RefusalCode::key_not_held:
            return "the step needs the private key and none is held here";
        case RefusalCode::quota_exhausted:
            return "the quota has not that many free units";
        case RefusalCode::quota_expired:
            return "reserved: the quota can no longer be used";
        case RefusalCode::product_mismatch:
            return "the quota's product is not the certificate's";
        case RefusalCode::not_validated:
            return "a name, the mail or the organisation is not validated, or no longer";
        case RefusalCode::validity_exceeds_policy:
            return "the validity is longer than the cap, or ends after the paid term";
        case RefusalCode::not_in_renewal_window:
            return "renewal is possible only inside the window before not-after";
        case RefusalCode::already_renewed:
            return "the certificate has a successor";
        case RefusalCode::hosted:
            return "the certificate is hosted";
        case RefusalCode::not_hosted:
            return "the certificate is not hosted";
        case RefusalCode::uploaded:
            return "the certificate was uploaded, not bought here";
        case RefusalCode::still_deployed:
            return "the certificate is still served on a target";
        case RefusalCode::names_not_superset:
            return "a name that the target serves now would be lost";
        case RefusalCode::revocation_not_requested:
            return "no revocation is requested";
        case RefusalCode::revocation_not_confirmed:
            return "the revocation has not been confirmed by mail";
        case RefusalCode::refund_window_closed:
            return "the refund window is over";
        case RefusalCode::not_refundable:
            return "nothing can be refunded here";
        case RefusalCode::already_refunded:
            return "a refund was granted already";
        case RefusalCode::refund_unpaid:
            return "a granted refund has not been paid yet";
        case RefusalCode::term_ended:
            return "the paid term is over";
        case RefusalCode::revocation_already_requested:
            return "a revocation is requested already";
        case RefusalCode::revocation_pending:
            return "a requested revocation is still open";
        case RefusalCode::expired:
            return "the certificate is past its not-after";
        case RefusalCode::not_expired:
            return "the certificate's not-after has not passed";
        case RefusalCode::deleted:
            return "the stream is closed";
        case RefusalCode::not_authorized:
            return "the stream belongs to another account, or the scope is not this account's";
        case RefusalCode::policy_not_monotone:
            return "a policy of this kind with a later effective date was adopted before";
    }
    return {};
}

}  // namespace certledger::events
