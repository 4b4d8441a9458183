#include <certledger/store/event_store.hpp>

namespace certledger::store {

bool ExpectedVersion::met_by(std::uint64_t actual) const noexcept {
    switch (kind) {
        case Kind::any:
            return true;
        case Kind::no_stream:
            return actual == 0;
        case Kind::stream_exists:
            return actual != 0;
        case Kind::exact:
            return actual == version;
    }
    return false;
}

}  // namespace certledger::store
