// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/assert.h>
#include <carma/error.h>

#include <cstdio>
#include <cstdlib>

namespace carma {

std::string_view name(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument: return "InvalidArgument";
    case ErrorCode::NotFound: return "NotFound";
    case ErrorCode::AlreadyExists: return "AlreadyExists";
    case ErrorCode::Corruption: return "Corruption";
    case ErrorCode::AuthenticationFailed: return "AuthenticationFailed";
    case ErrorCode::WrongKey: return "WrongKey";
    case ErrorCode::Io: return "Io";
    case ErrorCode::NoSpace: return "NoSpace";
    case ErrorCode::Unsupported: return "Unsupported";
    case ErrorCode::Busy: return "Busy";
    case ErrorCode::Cancelled: return "Cancelled";
    case ErrorCode::LimitExceeded: return "LimitExceeded";
    case ErrorCode::PluginFailed: return "PluginFailed";
    case ErrorCode::DamagedStore: return "DamagedStore";
    case ErrorCode::Internal: return "Internal";
    }
    return "Unknown";
}

void assertionFailed(const char* condition, std::source_location place)
{
    std::fprintf(stderr, "carma: assertion failed: %s (%s:%u, %s)\n", condition, place.file_name(), static_cast<unsigned>(place.line()),
        place.function_name());
    std::abort();
}

} // namespace carma
