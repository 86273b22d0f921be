// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"

#include <carma/disk.h>
#include <carma/random.h>
#include <carma/usage.h>

#include <functional>
#include <optional>
#include <span>

namespace carma::store {

/// Usage events that programs without the right to write leave for the one that has it: sealed files in the folder "usage" of the store.
/// An event keeps its id on the way, so that a crash between recording and deleting counts nothing twice. Files are not synced: a cut of
/// the power costs what was left in the seconds before. Thread-safe.
class UsageSpool {
public:
    struct Place {
        Disk& disk;
        Random& random;
        StoreId store;
        std::function<void(std::string_view)> onNotice;
    };
    UsageSpool(Place place, const SecretBytes& key);

    Result<void> leave(std::span<const UsageEvent> events);
    /// Hands on what is there, many files at once, and deletes the files after `record` has taken it. What cannot be opened, or is
    /// refused as InvalidArgument, goes to the quarantine.
    using Record = std::function<Result<void>(std::span<const UsageEvent>)>;
    Result<void> takeIn(const Record& record);

private:
    struct Left {
        std::vector<std::string> names;
        std::vector<UsageEvent> events;
    };
    Result<std::vector<UsageEvent>> read(const std::string& name);
    Result<void> hand(const Left& left, const Record& record);
    void setAside(const std::string& name, const std::string& why);

    Place m_place;
    crypto::AeadKey m_key;
    Bytes m_associated;
};

} // namespace carma::store
