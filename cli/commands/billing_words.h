// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include <carma/billing.h>

#include <initializer_list>

/// What "carma usage", "carma plans" and "carma invoices" share.
namespace carma::cli {

/// The first of `words`, which must be one of `actions`.
Result<std::string> actionOf(
    std::string_view command, const std::vector<std::string>& words, std::initializer_list<std::string_view> actions);
inline constexpr std::uint64_t kInputMebibytes = 64; ///< of a plan or of usage events
/// An event as a line, or as an item of `list` with --json.
void showEvent(const UsageEvent& event, Printer& printer, Json& list);
/// "INV-000001", "CN-000001" or a number: which document, and whether it is a credit note.
Result<std::pair<std::uint64_t, bool>> parseNumber(const std::string& text);
/// "1234.50 EUR"
std::string moneyOf(std::int64_t minor, const Currency& currency);

} // namespace carma::cli
