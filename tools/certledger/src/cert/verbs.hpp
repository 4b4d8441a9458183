// Role: the verbs of `cert`. Each file of this folder describes one or two of them and carries them out.
#pragma once

#include "args/command.hpp"

namespace certledger::cli {

void describe_cert_apply(Command& verb);
void describe_cert_buy(Command& verb);
void describe_cert_create(Command& verb);
void describe_cert_delete(Command& verb);
void describe_cert_deploy(Command& verb);
void describe_cert_download(Command& verb);
void describe_cert_evidence(Command& verb);
void describe_cert_history(Command& verb);
void describe_cert_hosting(Command& verb);
void describe_cert_import(Command& verb);
void describe_cert_refund(Command& verb);
void describe_cert_renew(Command& verb);
void describe_cert_revocations(Command& verb);
void describe_cert_revoke(Command& verb);
void describe_cert_show(Command& verb);
void describe_cert_upload(Command& verb);
void describe_cert_validate(Command& verb);
void describe_cert_why(Command& verb);
void describe_cert_withdraw(Command& verb);

/// Also `refunds pay`.
void describe_refund_pay(Command& verb);

}  // namespace certledger::cli
