// Role: what can be said of a record by itself: its octets, its hash, its event. Made for many records at
// once, on all cores.
#pragma once

#include <certledger/events/codec.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/store/event_store.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stream_folds.hpp"

namespace certledger::audit {

/// A record that was looked at by itself.
struct Prepared {
    store::Position position = 0;        ///< At which it was read.
    std::optional<std::string> missing;  ///< Why there is nothing to say; then nothing else is set.
    events::RecordView record;           ///< Views into the block's octets.
    std::size_t octets = 0;
    NamePrint stream;
    NamePrint account;
    events::Digest leaf{};
    std::optional<events::Event> event;  ///< None when the payload does not read.
    std::vector<std::string> faults;     ///< One sentence each.
};

struct Block {
    events::Bytes octets;
    std::vector<Prepared> records;
};

/// How closely records are looked at.
struct Look {
    store::Position from = 1;   ///< Those before are read and hashed only.
    bool streams_only = false;  ///< No more of any than whose they are: no leaf, event or faults.
};

/// Hands out the records of [1, head] in blocks, in order, made by as many threads as there are cores; only a
/// few blocks exist at a time. The visitor runs in the calling thread and may take things out of the block.
void prepare_all(const store::EventStore& log, store::Position head, const NamePrints& prints,
                 const Look& look, const std::function<void(Block&)>& visit);

}  // namespace certledger::audit
