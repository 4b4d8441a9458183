// Role: JSON out and in over the one description that a struct gives of its fields.
//
//   integer, bool   as such (3.0 is no integer)     Digest   64 hexadecimal digits, lower case
//   enum            its name                        Uuid     8-4-4-4-12, lower case
//   string, Id      text                            Bytes    base64 with padding
//   Instant         RFC 3339, UTC                   vector   array
//   Money           "100.00 USD"                    optional absent when empty, never null
//   struct          object                          tagged   the tag under its key, the fields beside it
#pragma once

#include <certledger/events/json/reader.hpp>
#include <certledger/events/json/writer.hpp>
