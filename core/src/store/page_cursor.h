// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/ids.h>
#include <carma/memory.h>
#include <carma/result.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace carma::store {

/// Where a page of hits begins, and which passages the pages before were taken from. As text "1-OFFSET-SEQUENCE-TIME-QUERY", of
/// decimal numbers and 16 hexadecimal digits that stand for the query and its options.
struct PageCursor {
    std::size_t offset = 0;
    Sequence end = kNoSequence;         ///< passages from this on came after the first page
    std::optional<std::int64_t> asOfUs; ///< of the first page: "7d ago" is another moment by now
};

std::string toText(const PageCursor& cursor, std::string_view query, const QueryOptions& options);
/// InvalidArgument for what is no cursor, or one of another query. The first page, of the options' time, for an empty text.
Result<PageCursor> parseCursor(std::string_view text, std::string_view query, const QueryOptions& options);

} // namespace carma::store
