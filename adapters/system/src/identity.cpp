#include <openssl/rand.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <certledger/adapters/system/identity.hpp>
#include <certledger/events/contract.hpp>
#include <vector>

namespace certledger::adapters::system {

std::string login_name() {
    // Not from the environment: USER can say anything, and an actor stands in the log for ever.
    const uid_t user = ::geteuid();
    std::vector<char> buffer(16 * 1024);
    passwd entry{};
    passwd* found = nullptr;
    const bool known =
        ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    const std::string name = known ? entry.pw_name : "";
    const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; });
    return name.empty() || name.size() > 128 || !printable ? "user-" + std::to_string(user) : name;
}

void fill_random(std::span<std::uint8_t> octets) {
    CERTLEDGER_CHECK(octets.empty() || RAND_priv_bytes(octets.data(), static_cast<int>(octets.size())) == 1);
}

}  // namespace certledger::adapters::system
