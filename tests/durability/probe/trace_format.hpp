// Role: what the probe writes into its trace and the tests read from it: one header a step, then the path of
// the file below the watched folder, then the octets.
#pragma once

#include <cstdint>

namespace certledger::durability {

/// Its value is what stands in the trace.
enum class Step : std::uint8_t {
    write = 'w',       ///< Octets at an offset; on the disk some time later.
    sync_write = 's',  ///< The same through a descriptor opened with O_DSYNC: on the disk when it returned.
    sync = 'S',        ///< fsync or fdatasync of a file, fsync of a folder.
    resize = 't',      ///< ftruncate or fallocate: the file's new size is in `offset`.
    make = 'c',        ///< A file came into being.
    make_folder = 'm',
    rename = 'r',  ///< The octets are the new path.
    link = 'l',    ///< The octets are the second path.
    unlink = 'u',
    output = 'o',  ///< Octets given to standard output: whoever reads them may rely on them from here on.
    fault = 'f',   ///< The fault that was asked for was given; the path names the call.
};

struct StepHeader {
    Step step = Step::write;
    std::uint8_t unused = 0;
    std::uint16_t path_size = 0;
    std::uint32_t octets = 0;
    std::uint64_t offset = 0;
};

/// Environment variables that the probe obeys.
inline constexpr const char* kFolderVariable = "CERTLEDGER_PROBE_FOLDER";  ///< Absolute; what is watched.
inline constexpr const char* kTraceVariable = "CERTLEDGER_PROBE_TRACE";    ///< File that steps are added to.
/// `<path below the folder> <call> <number> <errno, 0: cut short> <before|after> <once|always>`, where the
/// call is write, sync, resize, open, name (rename, link, unlink) or folder (mkdir), counted from 1. A star
/// at the end of the path stands for any rest.
inline constexpr const char* kFaultVariable = "CERTLEDGER_PROBE_FAULT";

}  // namespace certledger::durability
