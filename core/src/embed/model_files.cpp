// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "embed/model_files.h"

#include "base/byte_io.h"
#include "crypto/crypto.h"

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

namespace carma::embed {

namespace {

using nlohmann::json;

constexpr std::uint64_t kHeaderBytesMax = 1U << 20U; // a header lists a handful of tensors; ours has 300 bytes
constexpr std::size_t kShapeRankMax = 8;
constexpr std::uint32_t kDimensionMax = 4096; // four times the largest sentence model in common use
constexpr std::uint32_t kTokensMax = 1U << 16U;

std::optional<std::uint64_t> dtypeBytes(std::string_view dtype)
{
    if (dtype == "I8" || dtype == "U8" || dtype == "BOOL") {
        return 1;
    }
    if (dtype == "I16" || dtype == "U16" || dtype == "F16" || dtype == "BF16") {
        return 2;
    }
    if (dtype == "I32" || dtype == "U32" || dtype == "F32") {
        return 4;
    }
    if (dtype == "I64" || dtype == "U64" || dtype == "F64") {
        return 8;
    }
    return std::nullopt;
}

std::optional<std::vector<std::uint64_t>> unsignedNumbers(const json& value, std::size_t countMax)
{
    if (!value.is_array() || value.size() > countMax) {
        return std::nullopt;
    }
    std::vector<std::uint64_t> numbers;
    for (const json& item : value) {
        if (!item.is_number_unsigned()) {
            return std::nullopt;
        }
        numbers.push_back(item.get<std::uint64_t>());
    }
    return numbers;
}

/// Nothing where the product does not fit 64 bits.
std::optional<std::uint64_t> byteCount(const std::vector<std::uint64_t>& shape, std::uint64_t itemBytes)
{
    std::uint64_t product = itemBytes;
    for (const std::uint64_t extent : shape) {
        if (extent != 0 && product > std::numeric_limits<std::uint64_t>::max() / extent) {
            return std::nullopt;
        }
        product *= extent;
    }
    return product;
}

Result<Tensor> parseTensor(const std::string& name, const json& entry, ByteView body)
{
    const Error bad{ErrorCode::Corruption, "tensor " + name + " is described wrongly"};
    if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") || !entry.contains("data_offsets") ||
        !entry["dtype"].is_string()) {
        return bad;
    }
    Tensor tensor;
    tensor.dtype = entry["dtype"].get<std::string>();
    const auto itemBytes = dtypeBytes(tensor.dtype);
    const auto shape = unsignedNumbers(entry["shape"], kShapeRankMax);
    const auto offsets = unsignedNumbers(entry["data_offsets"], 2);
    if (!itemBytes || !shape || !offsets || offsets->size() != 2) {
        return bad;
    }
    tensor.shape = *shape;
    const std::uint64_t begin = (*offsets)[0];
    const std::uint64_t end = (*offsets)[1];
    const auto bytes = byteCount(tensor.shape, *itemBytes);
    if (begin > end || end > body.size() || !bytes || *bytes != end - begin) {
        return {ErrorCode::Corruption, "tensor " + name + " does not fit its file"};
    }
    tensor.data = body.subspan(begin, end - begin);
    return tensor;
}

std::optional<std::uint32_t> boundedNumber(const json& object, const char* key, std::uint32_t max)
{
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_unsigned()) {
        return std::nullopt;
    }
    const auto value = found->get<std::uint64_t>();
    return value >= 1 && value <= max ? std::optional(static_cast<std::uint32_t>(value)) : std::nullopt;
}

json parseJson(ByteView bytes)
{
    const std::string_view text = asText(bytes);
    return json::parse(text.begin(), text.end(), nullptr, false);
}

} // namespace

Result<std::map<std::string, Tensor>> parseSafetensors(ByteView file)
{
    ByteReader reader(file);
    const auto headerBytes = reader.number<std::uint64_t>();
    if (reader.failed() || headerBytes > kHeaderBytesMax) {
        return {ErrorCode::Corruption, "the tensor file's header is missing or larger than 1 MiB"};
    }
    const ByteView header = reader.raw(static_cast<std::size_t>(headerBytes));
    const json root = reader.failed() ? json() : parseJson(header);
    if (!root.is_object()) {
        return {ErrorCode::Corruption, "the tensor file's header is not a JSON object"};
    }
    std::map<std::string, Tensor> tensors;
    for (const auto& [name, entry] : root.items()) {
        if (name != "__metadata__") {
            CARMA_TRY_ASSIGN(tensors[name], parseTensor(name, entry, reader.rest()));
        }
    }
    return tensors;
}

Result<ModelConfig> parseModelConfig(ByteView file)
{
    const json root = parseJson(file);
    if (!root.is_object() || !root.contains("name") || !root["name"].is_string()) {
        return {ErrorCode::Corruption, "the configuration is not a JSON object with a name"};
    }
    const auto version = boundedNumber(root, "version", std::numeric_limits<std::uint32_t>::max());
    const auto dimension = boundedNumber(root, "dimension", kDimensionMax);
    const auto tokensMax = boundedNumber(root, "max_tokens", kTokensMax);
    if (!version || !dimension || !tokensMax) {
        return {ErrorCode::Corruption, "the configuration lacks a sound version, dimension or max_tokens"};
    }
    ModelConfig config;
    config.identity = {root["name"].get<std::string>(), *version, *dimension};
    config.tokensMax = *tokensMax;
    return config;
}

Result<FileSums> readFileSums(const std::string& folder)
{
    constexpr std::size_t kSumsBytesMax = 64U << 10U;
    constexpr std::size_t kHexDigits = 64;
    const std::string path = folder + "/SHA256SUMS";
    const auto bytes = readModelFile(path, kSumsBytesMax);
    if (!bytes.has_value()) {
        return bytes.error().code == ErrorCode::NotFound ? Result<FileSums>(FileSums{}) : bytes.error();
    }
    FileSums sums;
    std::istringstream lines(toString(*bytes));
    for (std::string line; std::getline(lines, line);) {
        const std::string digest = line.substr(0, kHexDigits);
        if (line.size() <= kHexDigits + 2 || line[kHexDigits] != ' ' || digest.find_first_not_of("0123456789abcdef") != std::string::npos) {
            return {ErrorCode::Corruption, path + ": a line is not a digest and a name"};
        }
        sums[line.substr(kHexDigits + 2)] = digest;
    }
    return sums;
}

Result<void> checkSum(const FileSums& sums, const std::string& path, ByteView bytes)
{
    const auto found = sums.find(path.substr(path.rfind('/') + 1));
    if (found != sums.end() && found->second != toHex(crypto::sha256(bytes))) {
        return {ErrorCode::Corruption, path + ": the file is damaged: it does not match SHA256SUMS"};
    }
    return {};
}

Result<Bytes> readModelFile(const std::string& path, std::size_t sizeMax)
{
    std::ifstream stream(path, std::ios::binary | std::ios::ate);
    if (!stream) {
        return {ErrorCode::NotFound, "cannot open " + path};
    }
    const auto size = static_cast<std::streamoff>(stream.tellg());
    if (size < 0 || static_cast<std::uint64_t>(size) > sizeMax) {
        return {ErrorCode::LimitExceeded, path + " is larger than a model file may be"};
    }
    Bytes bytes(static_cast<std::size_t>(size));
    stream.seekg(0);
    stream.read(reinterpret_cast<char*>(bytes.data()), size);
    if (!stream) {
        return {ErrorCode::Io, "cannot read " + path};
    }
    return bytes;
}

} // namespace carma::embed
