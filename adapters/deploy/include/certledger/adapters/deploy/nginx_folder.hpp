// Role: puts a certificate and its key where an nginx configuration names them, and tells what lies there.
#pragma once

#include <certledger/events/digest.hpp>
#include <certledger/events/result.hpp>
#include <functional>
#include <string>
#include <string_view>

namespace certledger::adapters::deploy {

/// Looks whether the key belongs to the first certificate; an error refuses the deployment.
using PairCheck = std::function<Result<void>(std::string_view fullchain_pem, std::string_view key_pem)>;

/// A folder with `fullchain.pem` (0644) and `privkey.pem` (0600), and the pair before them as `*.previous`.
/// Each file is replaced by rename and durable on return. The two renames are two steps: nginx must be
/// reloaded afterwards, not in between. Changes from two processes at once are refused (conflict), not mixed.
/// Several objects may be used at once.
class NginxFolder {
  public:
    /// `path` is absolute. Nothing is touched yet.
    explicit NginxFolder(std::string path);

    /// Writes the pair. The folder is made (0700) when its parent exists. invalid_input: what the check says,
    /// or contents that are empty or over 1 MiB. outside: folder or disk (missing, not writable, full); then
    /// the old pair is in place. conflict: another process is at it.
    [[nodiscard]] Result<void> deploy(std::string_view fullchain_pem, std::string_view key_pem,
                                      const PairCheck& check) const;

    /// The first certificate (DER) that lies in the folder: its SHA-256 is the fingerprint that is served
    /// after a reload. not_found: nothing deployed. damaged: no certificate in the file. outside: cannot be
    /// read.
    [[nodiscard]] Result<events::Bytes> observe() const;

    /// Puts the previous pair back; it is then no longer kept. not_found: there is none.
    [[nodiscard]] Result<void> rollback() const;

  private:
    std::string path_;
};

}  // namespace certledger::adapters::deploy
