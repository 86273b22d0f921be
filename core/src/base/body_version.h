// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"

/// The envelope of a record's body: one byte, the version of its layout, and the fields to the end.
namespace carma {

/// `what` is the record with its article: "a billing record".
inline Error unreadableBody(std::string_view what)
{
    return {ErrorCode::Corruption, "the body of " + std::string(what) + " is not readable"};
}

/// A reader of the fields. Unsupported for a version above `known`, Corruption for one that never was.
inline Result<ByteReader> openBody(ByteView body, std::uint8_t known, std::string_view what)
{
    ByteReader reader(body);
    const auto version = reader.number<std::uint8_t>();
    if (version > known) {
        return Error{ErrorCode::Unsupported, std::string(what) + " is of a newer version"};
    }
    return version == 0 || reader.failed() ? Result<ByteReader>(unreadableBody(what)) : Result<ByteReader>(reader);
}

/// All fields were there, and nothing behind them.
inline Result<void> closeBody(const ByteReader& reader, std::string_view what)
{
    return reader.atEnd() ? Result<void>() : Result<void>(unreadableBody(what));
}

} // namespace carma
