// Role: the last net under a damaged file. page_check.hpp looks at small files whole; in a large one a bad
// page number or size can still lead LMDB outside of its map, and the kernel answers with SIGSEGV or SIGBUS.
#pragma once

namespace certledger::store::lmdb {

/// Once a process, before the first environment is opened. From then on a fault inside of LMDB, or at an
/// address in the map of an open environment (or in the 4 GiB behind it, as far as a damaged size can reach),
/// ends the process with exit code 4 and one line on stderr; every other fault goes to whoever handled it
/// before. Also ignores SIGXFSZ, so that a file size limit is an error of the write and not the end of the
/// process.
void install_fault_guard();

}  // namespace certledger::store::lmdb
