// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A model in ONNX form that is small enough to write by hand: one table of token vectors. Message and field numbers are those of
/// onnx.proto (https://github.com/onnx/onnx, IR version 8, operators 13), wire types those of protocol buffers.
namespace carma::test {

class TinyOnnx {
public:
    std::string idsName = "input_ids"; ///< int64 [batch, tokens]; a second input, attention_mask, is there as well
    /// "tokens": float32 [batch, tokens, dimension]. "text": float32 [batch, dimension], the mean over all tokens. "ids": int64
    /// [batch, tokens], which are no vectors.
    std::string output = "tokens";

    static constexpr std::uint32_t kTokens = 8;
    static constexpr std::uint32_t kDimension = 4;
    /// The table: no two rows point the same way.
    static float cell(std::uint32_t token, std::uint32_t column)
    {
        return static_cast<float>((token * 7U + column * column * 3U + token * column) % 11U) - 4.5F;
    }

    [[nodiscard]] std::string bytes() const
    {
        const bool isText = output == "text";
        std::string graph;
        if (output == "ids") {
            graph += field(1, node("Identity", {idsName}, "result"));
        } else {
            graph += field(1, node("Gather", {"table", idsName}, isText ? "tokens" : "result"));
        }
        if (isText) {
            // Attributes of ReduceMean: axes = [1] (INTS), keepdims = 0 (INT).
            graph += field(1,
                node("ReduceMean", {"tokens"}, "result") + field(5, field(1, "axes") + number(8, 1) + number(20, 7)) +
                    field(5, field(1, "keepdims") + number(3, 0) + number(20, 2)));
        }
        graph += field(2, "tiny") + field(5, table());
        graph += field(11, value(idsName, kInt64, {"batch", "tokens"})) + field(11, value("attention_mask", kInt64, {"batch", "tokens"}));
        graph += field(12, outputValue());
        return number(1, 8) + field(7, graph) + field(8, field(1, "") + number(2, 13));
    }

private:
    static constexpr std::uint64_t kFloat = 1;
    static constexpr std::uint64_t kInt64 = 7;

    static std::string varint(std::uint64_t value)
    {
        std::string bytes;
        for (; value >= 0x80U; value >>= 7U) {
            bytes.push_back(static_cast<char>(value | 0x80U));
        }
        bytes.push_back(static_cast<char>(value));
        return bytes;
    }
    static std::string number(std::uint64_t at, std::uint64_t value) { return varint(at << 3U) + varint(value); }
    static std::string field(std::uint64_t at, std::string_view bytes)
    {
        return varint((at << 3U) | 2U) + varint(bytes.size()).append(bytes);
    }

    static std::string node(std::string_view operation, const std::vector<std::string>& inputs, std::string_view result)
    {
        std::string bytes;
        for (const std::string& input : inputs) {
            bytes += field(1, input);
        }
        return bytes + field(2, result) + field(3, result) + field(4, operation);
    }

    /// A dimension is a number, or the name of what is not known.
    static std::string value(std::string_view name, std::uint64_t type, const std::vector<std::string>& shape)
    {
        std::string dimensions;
        for (const std::string& each : shape) {
            dimensions += field(1, each[0] >= '0' && each[0] <= '9' ? number(1, std::stoull(each)) : field(2, each));
        }
        return field(1, name) + field(2, field(1, number(1, type) + field(2, dimensions)));
    }

    [[nodiscard]] std::string outputValue() const
    {
        const std::string last = std::to_string(kDimension);
        return output == "ids" ? value("result", kInt64, {"batch", "tokens"})
            : output == "text" ? value("result", kFloat, {"batch", last})
                               : value("result", kFloat, {"batch", "tokens", last});
    }

    [[nodiscard]] std::string table() const
    {
        std::string raw;
        for (std::uint32_t token = 0; token < kTokens; ++token) {
            for (std::uint32_t column = 0; column < kDimension; ++column) {
                const float number = cell(token, column);
                raw.append(reinterpret_cast<const char*>(&number), sizeof number);
            }
        }
        return number(1, kTokens) + number(1, kDimension) + number(2, kFloat) + field(8, "table") + field(9, raw);
    }
};

} // namespace carma::test
