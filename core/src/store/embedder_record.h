// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/embedder.h>
#include <carma/result.h>

#include <optional>
#include <string>

/// What a store keeps about its embedder: records of the type Setting. Byte format: core/docs/format/bodies.md
namespace carma::store {

/// Part of the stored format, do not renumber.
enum class EmbedderRole : std::uint8_t {
    InUse = 1,  ///< all vectors come from it
    Wanted = 2, ///< they are being made anew with it
    NoneWanted = 3,
};

struct EmbedderRecord {
    EmbedderRole role = EmbedderRole::InUse;
    std::string source; ///< the name that opens it
    EmbedderIdentity identity;
    float semanticWeight = 0.5F; ///< what it advised when it was recorded
    bool operator==(const EmbedderRecord&) const = default;
};

inline constexpr std::size_t kEmbedderNameMax = 256;      ///< bytes, of source and name
inline constexpr std::uint32_t kDimensionMax = 1U << 14U; ///< the largest of today's models have 4,096 numbers
inline constexpr float kSemanticWeightMax = 4;

/// Whether name, dimension and weight are within the bounds above.
Result<void> checkEmbedder(const EmbedderRecord& record);
Bytes encodeEmbedder(const EmbedderRecord& record);
/// Nothing for a setting about something else. Unsupported for a newer version, Corruption for bytes that are none.
Result<std::optional<EmbedderRecord>> decodeEmbedder(ByteView bytes);

/// "carma-static-en 1, 256 numbers"
std::string describe(const EmbedderIdentity& identity);

} // namespace carma::store
