// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "anomaly/block_list.h"

#include <carma/anomaly.h>

#include <string>
#include <variant>

/// What the bodies of anomaly records say.
namespace carma::anomaly {

struct Unblock {
    Prefix prefix;
    std::string reason;
};

/// What held for a subject holds no more.
struct Lift {
    std::string subject, reason;
};

/// A found anomaly stands here without its sequence; `expiresUs` is the end of its action.
using Item = std::variant<Anomaly, Block, Unblock, AnomalyPolicy, Lift>;

Bytes encodeItem(const Item& item);
/// Corruption if the bytes are no such body; Unsupported for a newer version.
Result<Item> decodeItem(ByteView bytes);

} // namespace carma::anomaly
