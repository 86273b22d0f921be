// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/page_cursor.h"

#include "base/byte_io.h"
#include "base/hash.h"

#include <array>
#include <bit>
#include <charconv>

namespace carma::store {

namespace {

/// The limit is no part of it: pages may have different sizes.
std::string fingerprint(std::string_view query, const QueryOptions& options)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.text(query);
    writer.text(options.space);
    writer.number(static_cast<std::uint8_t>(options.allSpaces));
    writer.number(static_cast<std::uint8_t>(options.mode));
    writer.number(static_cast<std::uint8_t>(options.onePerDocument));
    writer.number(std::bit_cast<std::uint32_t>(options.minScore.value_or(0)));
    writer.number(static_cast<std::uint8_t>(options.asOfUs.has_value()));
    constexpr int kHex = 16;
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), hash64(bytes, 0), kHex).ptr;
    const std::string text(digits.data(), end);
    return std::string(digits.size() - text.size(), '0') + text;
}

/// The number at the beginning of `text`, which loses it and the dash behind.
template <typename Number> bool takeNumber(std::string_view& text, Number& number)
{
    const char* const end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || next == end || *next != '-') {
        return false;
    }
    text.remove_prefix(static_cast<std::size_t>(next - text.data()) + 1);
    return true;
}

} // namespace

std::string toText(const PageCursor& cursor, std::string_view query, const QueryOptions& options)
{
    return "1-" + std::to_string(cursor.offset) + "-" + std::to_string(cursor.end) + "-" + std::to_string(cursor.asOfUs.value_or(0)) + "-" +
        fingerprint(query, options);
}

Result<PageCursor> parseCursor(std::string_view text, std::string_view query, const QueryOptions& options)
{
    PageCursor cursor;
    cursor.asOfUs = options.asOfUs;
    if (text.empty()) {
        return cursor;
    }
    unsigned version = 0;
    std::int64_t asOfUs = 0;
    if (!takeNumber(text, version) || version != 1 || !takeNumber(text, cursor.offset) || !takeNumber(text, cursor.end) ||
        !takeNumber(text, asOfUs)) {
        return Error{ErrorCode::InvalidArgument, "the cursor is none that a query gave; ask without it for the first page"};
    }
    if (text != fingerprint(query, options)) {
        return Error{ErrorCode::InvalidArgument, "the cursor belongs to another query or other options; ask without it for the first page"};
    }
    if (options.asOfUs) {
        cursor.asOfUs = asOfUs;
    }
    return cursor;
}

} // namespace carma::store
