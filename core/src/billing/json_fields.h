// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/money.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reading documents that people write, so that each mistake is told with its place.
namespace carma::billing {

using Json = nlohmann::ordered_json;

/// InvalidArgument for what is no JSON, for more than `bytesMax`, and for a key that stands twice in one object.
Result<Json> parseJson(std::string_view text, std::size_t bytesMax);

/// The fields of one JSON object. What was asked for counts as known; finish() refuses the rest. Errors are InvalidArgument and begin
/// with the JSON pointer (RFC 6901) of the field. The document must outlive it.
class Fields {
public:
    /// REQUIRES: object.is_object()
    Fields(const Json& object, std::string pointer) : m_object(&object), m_pointer(std::move(pointer)) {}

    [[nodiscard]] Error wrong(std::string_view key, std::string_view message) const;
    [[nodiscard]] bool has(std::string_view key) const { return m_object->contains(key); }
    Result<std::string> text(std::string_view key, std::size_t bytesMax); ///< required, not empty
    Result<std::string> textOr(std::string_view key, std::size_t bytesMax, std::string absent);
    /// Decimals are written as text, whole numbers as text or numbers: a JSON number with a point is a binary fraction to most programs.
    Result<std::optional<Decimal>> decimal(std::string_view key);
    Result<bool> flag(std::string_view key); ///< false if absent
    Result<std::optional<Fields>> object(std::string_view key);
    Result<std::vector<Fields>> objects(std::string_view key, std::size_t countMax); ///< empty if absent
    /// InvalidArgument if there is a field that nobody asked for.
    Result<void> finish() const;

private:
    const Json* find(std::string_view key);

    const Json* m_object;
    std::string m_pointer;
    std::vector<std::string> m_known;
};

} // namespace carma::billing
