// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace carma {

/// Why an operation failed. A caller decides by the code; a person reads the message.
enum class ErrorCode : std::uint8_t {
    InvalidArgument,      ///< the caller asked for something that has no meaning; nothing was tried
    NotFound,             ///< the named thing does not exist
    AlreadyExists,        ///< the thing to be made is there already
    Corruption,           ///< stored bytes contradict their checks and no redundancy was left
    AuthenticationFailed, ///< bytes decrypt to nothing: the key is right, the data was changed
    WrongKey,             ///< the key, passphrase or recovery code is not the one of this store
    Io,                   ///< the operating system refused a read or a write
    NoSpace,              ///< the disk is full; reads go on, and writes once there is room again
    Unsupported,          ///< a newer format, or a feature that this build lacks
    Busy,                 ///< another process holds what is needed
    Cancelled,            ///< the caller asked to stop
    LimitExceeded,        ///< input or demand is beyond a documented bound
    PluginFailed,         ///< a plugin crashed, hung or answered with nonsense
    DamagedStore,         ///< too much is lost to open the store; `carma rescue` is the next step
    Internal,             ///< a defect of this program
};

/// The code's name, for instance "WrongKey". Static storage.
std::string_view name(ErrorCode code);

/// A failed operation. `message` is one sentence that names the object, never a secret.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;

    /// The same error, with `context` and a colon put before the message.
    [[nodiscard]] Error within(std::string_view context) const { return {code, std::string(context) + ": " + message}; }
};

} // namespace carma
