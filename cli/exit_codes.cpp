// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "exit_codes.h"

#include <array>

namespace carma::cli {

namespace {

constexpr std::array<ExitCodeMeaning, 11> kMeanings{{
    {ExitCode::Ok, "done; nothing is wrong"},
    {ExitCode::Failed, "the operation failed, or failed for some of the input"},
    {ExitCode::Usage, "the command line or a value in it makes no sense; nothing was done"},
    {ExitCode::NotFound, "the store, document or fragment does not exist"},
    {ExitCode::Healed, "damage was found and all of it was healed"},
    {ExitCode::Unhealed, "damage was found that is not healed"},
    {ExitCode::WrongKey, "the key, passphrase or recovery code is not the one of this store; nothing was written"},
    {ExitCode::Busy, "another process is writing to the store"},
    {ExitCode::DamagedStore, "the store is damaged too much to be opened"},
    {ExitCode::Cancelled, "stopped by the user; the store is sound"},
    {ExitCode::LimitExceeded, "the input is beyond a documented limit"},
}};

} // namespace

std::span<const ExitCodeMeaning> exitCodes() { return kMeanings; }

std::string_view meaningOf(ExitCode code) { return kMeanings[static_cast<std::size_t>(code)].meaning; }

ExitCode exitCodeFor(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument: return ExitCode::Usage;
    case ErrorCode::NotFound: return ExitCode::NotFound;
    case ErrorCode::Corruption: return ExitCode::Unhealed;
    case ErrorCode::WrongKey: return ExitCode::WrongKey;
    case ErrorCode::Busy: return ExitCode::Busy;
    case ErrorCode::Cancelled: return ExitCode::Cancelled;
    case ErrorCode::LimitExceeded: return ExitCode::LimitExceeded;
    case ErrorCode::DamagedStore: return ExitCode::DamagedStore;
    case ErrorCode::AlreadyExists:
    case ErrorCode::AuthenticationFailed:
    case ErrorCode::Io:
    case ErrorCode::NoSpace:
    case ErrorCode::Unsupported:
    case ErrorCode::PluginFailed:
    case ErrorCode::Internal: return ExitCode::Failed;
    }
    return ExitCode::Failed;
}

} // namespace carma::cli
