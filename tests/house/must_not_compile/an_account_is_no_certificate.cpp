// uses: events
// expect: (invalid initialization of reference|no matching function for call|no known conversion)
#include <certledger/events/ids.hpp>

using certledger::events::AccountId;
using certledger::events::CertificateId;

void revoke(const CertificateId& certificate);

void caller(const AccountId& account, const CertificateId& certificate) {
#ifdef CONTROL
    revoke(certificate);
    static_cast<void>(account);
#else
    revoke(account);
    static_cast<void>(certificate);
#endif
}
