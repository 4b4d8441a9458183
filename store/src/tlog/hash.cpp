#include <openssl/evp.h>

#include <algorithm>
#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/hash.hpp>
#include <memory>

#include "sha256_lanes.hpp"

namespace certledger::store::tlog {
namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Looking the algorithm up costs as much as hashing a record, so it is done once for the process and never
// given back: other threads may still hash while the process ends.
const EVP_MD* fetched_sha256() {
    static const EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    CERTLEDGER_CHECK(digest != nullptr);
    return digest;
}

EVP_MD_CTX* thread_context() {
    thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    CERTLEDGER_CHECK(context != nullptr);
    return context.get();
}

class Hasher {
  public:
    Hasher() : context_(thread_context()) {
        CERTLEDGER_CHECK(EVP_DigestInit_ex2(context_, fetched_sha256(), nullptr) == 1);
    }

    Hasher& add(const void* data, std::size_t size) {
        CERTLEDGER_CHECK(EVP_DigestUpdate(context_, data, size) == 1);
        return *this;
    }

    [[nodiscard]] Digest finish() {
        Digest out;
        unsigned int length = 0;
        CERTLEDGER_CHECK(EVP_DigestFinal_ex(context_, out.data(), &length) == 1 && length == out.size());
        return out;
    }

  private:
    EVP_MD_CTX* context_;
};

constexpr std::uint8_t leaf_prefix = 0x00;
constexpr std::uint8_t node_prefix = 0x01;

/// Two hashes one behind the other.
class Pair {
  public:
    Pair(const Digest& left, const Digest& right) {
        std::copy(left.begin(), left.end(), octets_.begin());
        std::copy(right.begin(), right.end(), octets_.begin() + left.size());
    }
    [[nodiscard]] std::span<const std::uint8_t> octets() const { return octets_; }

  private:
    std::array<std::uint8_t, 2 * sizeof(Digest)> octets_;
};

}  // namespace

Digest sha256(std::span<const std::uint8_t> bytes) {
    if (!bytes.empty() && sha256_lanes_usable()) return sha256_one({bytes.front(), bytes.subspan(1)});
    return Hasher().add(bytes.data(), bytes.size()).finish();
}

Digest sha256(std::string_view text) {
    return sha256(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Digest leaf_hash(std::span<const std::uint8_t> record) {
    if (sha256_lanes_usable()) return sha256_one({leaf_prefix, record});
    return Hasher().add(&leaf_prefix, 1).add(record.data(), record.size()).finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
    const Pair pair{left, right};
    if (sha256_lanes_usable()) return sha256_one({node_prefix, pair.octets()});
    // One update of 65 bytes is cheaper than three.
    std::array<std::uint8_t, 65> input;
    input[0] = node_prefix;
    std::copy(pair.octets().begin(), pair.octets().end(), input.begin() + 1);
    return Hasher().add(input.data(), input.size()).finish();
}

void leaf_hashes(std::span<const std::span<const std::uint8_t>> records, std::span<Digest> hashes) {
    CERTLEDGER_CHECK(records.size() == hashes.size());
    std::size_t i = 0;
    if (sha256_lanes_usable()) {
        for (; i + 1 < records.size(); i += 2)
            sha256_two({{leaf_prefix, records[i]}, {leaf_prefix, records[i + 1]}},
                       {&hashes[i], &hashes[i + 1]});
    }
    for (; i < records.size(); ++i) hashes[i] = leaf_hash(records[i]);
}

void node_hashes(std::span<const Digest> children, std::span<Digest> hashes) {
    CERTLEDGER_CHECK(children.size() == 2 * hashes.size());
    std::size_t i = 0;
    if (sha256_lanes_usable()) {
        for (; i + 1 < hashes.size(); i += 2) {
            // Copies: what is written may be where they stand.
            const Pair first{children[2 * i], children[2 * i + 1]};
            const Pair second{children[2 * i + 2], children[2 * i + 3]};
            sha256_two({{node_prefix, first.octets()}, {node_prefix, second.octets()}},
                       {&hashes[i], &hashes[i + 1]});
        }
    }
    for (; i < hashes.size(); ++i) hashes[i] = node_hash(children[2 * i], children[2 * i + 1]);
}

const Digest& empty_root() {
    static const Digest root = sha256(std::string_view());
    return root;
}

}  // namespace certledger::store::tlog
