// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Dates as people and programs write them into files.
namespace carma::ingest {

/// Microseconds since 1970-01-01 UTC of "2024-05-14", "2024-05-14T19:30", "2024-05-14 19:30:05.25+02:00" and the like
/// (ISO 8601); without a zone it is taken as UTC. No value for anything else and for years outside 1..9999.
std::optional<std::int64_t> parseDate(std::string_view text);

/// A number of seconds, milliseconds or microseconds since 1970, told apart by its size. No value beyond the year 9999.
std::optional<std::int64_t> dateOfNumber(double number);

/// "2024-05-14".
std::string dayOf(std::int64_t timeUs);

} // namespace carma::ingest
