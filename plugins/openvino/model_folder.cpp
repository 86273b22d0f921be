// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model_folder.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

namespace carma::openvino {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kConfigBytesMax = 1U << 20U;
constexpr std::uint64_t kVocabularyBytesMax = 16U << 20U; // that of 250,000 pieces in a hundred languages has 5 MB
constexpr std::size_t kNameMax = 63;
constexpr std::uint32_t kTokensMax = 8192;

Result<std::string> readFile(const fs::path& path, std::uint64_t bytesMax)
{
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
        return {ErrorCode::NotFound, path.string() + " is missing; a model's folder has config.json, the tokenizer's file and the network"};
    }
    const std::uint64_t size = fs::file_size(path, error);
    if (error || size > bytesMax) {
        return {ErrorCode::LimitExceeded, path.string() + " is larger than such a file may be"};
    }
    std::ifstream stream(path, std::ios::binary);
    std::string text(static_cast<std::size_t>(size), '\0');
    if (!stream.read(text.data(), static_cast<std::streamsize>(text.size()))) {
        return {ErrorCode::Io, path.string() + " cannot be read"};
    }
    return text;
}

Result<json> readJson(const fs::path& path)
{
    CARMA_TRY_ASSIGN(const std::string text, readFile(path, kConfigBytesMax));
    json root = json::parse(text, nullptr, false);
    if (!root.is_object()) {
        return {ErrorCode::Corruption, path.string() + " is no JSON object; get the model again"};
    }
    return root;
}

json optionalJson(const fs::path& path)
{
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
        return json::object();
    }
    auto found = readJson(path);
    return found.has_value() ? std::move(*found) : json::object();
}

std::string textAt(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint32_t numberAt(const json& object, const char* key, std::uint32_t other, std::uint32_t max)
{
    const auto found = object.find(key);
    const bool sound = found != object.end() && found->is_number_unsigned() && found->get<std::uint64_t>() <= max;
    return sound ? found->get<std::uint32_t>() : other;
}

/// What a model's name may be in an identity: printable ASCII.
std::string nameOf(const json& config, const fs::path& folder)
{
    std::string name = textAt(config, "name");
    name = name.empty() ? folder.filename().string() : name;
    name.resize(std::min(name.size(), kNameMax));
    for (char& c : name) {
        c = c > ' ' && c <= '~' ? c : '-';
    }
    return name.empty() ? "model" : name;
}

Result<std::string> findNetwork(const fs::path& folder, std::uint64_t bytesMax)
{
    for (const char* const name : {"model.xml", "openvino_model.xml", "openvino/openvino_model.xml", "model.onnx", "onnx/model.onnx"}) {
        const fs::path path = folder / name;
        std::error_code error;
        if (!fs::is_regular_file(path, error)) {
            continue;
        }
        fs::path weights = path;
        if (path.extension() == ".xml") {
            weights.replace_extension(".bin");
        }
        if (!fs::is_regular_file(weights, error)) {
            return {ErrorCode::NotFound, weights.string() + " is missing; get the model again"};
        }
        if (const std::uint64_t size = fs::file_size(weights, error); size > bytesMax) {
            return {ErrorCode::LimitExceeded,
                weights.string() + " has " + std::to_string(size >> 20U) + " MB; set max_model_mb to open so large a model"};
        }
        return path.string();
    }
    return {
        ErrorCode::NotFound, "there is no model.xml, openvino_model.xml or model.onnx in " + folder.string() + "; export the model to one"};
}

/// The tokenizer that the folder asks for must be one of ours; any other would give wrong ids without a word.
Result<TokenizerKind> tokenizerOf(const json& config, const fs::path& folder)
{
    const auto own = config.find("tokenizer");
    if (own != config.end() && own->is_object()) {
        if (textAt(*own, "type") != "bert-wordpiece" || own->value("lowercase", json(true)) != json(true)) {
            return {ErrorCode::Unsupported, folder.string() + "/config.json asks for a tokenizer other than bert-wordpiece in lower case"};
        }
        return TokenizerKind::WordPiece;
    }
    const json tokenizer = optionalJson(folder / "tokenizer_config.json");
    const std::string type = textAt(tokenizer, "tokenizer_class");
    if (type == "XLMRobertaTokenizer" || type == "XLMRobertaTokenizerFast") {
        return TokenizerKind::SentencePiece;
    }
    const bool lower = !tokenizer.contains("do_lower_case") || tokenizer["do_lower_case"] == json(true);
    const bool known = type.empty() || type == "BertTokenizer" || type == "BertTokenizerFast" || type == "MPNetTokenizer" ||
        type == "MPNetTokenizerFast" || type == "DistilBertTokenizer" || type == "DistilBertTokenizerFast";
    if (!known || !lower || type.starts_with("MPNet")) {
        return {ErrorCode::Unsupported,
            folder.string() + " asks for the tokenizer " + (type.empty() ? "of cased BERT" : type) +
                "; this plugin has those of uncased BERT and of XLM-RoBERTa. Serve the model and use the openai plugin"};
    }
    return TokenizerKind::WordPiece;
}

Pooling poolingOf(const json& config, const fs::path& folder)
{
    if (const auto own = parsePooling(textAt(config, "pooling")); own.has_value()) {
        return *own;
    }
    const json pooling = optionalJson(folder / "1_Pooling" / "config.json");
    const auto cls = pooling.find("pooling_mode_cls_token");
    return cls != pooling.end() && *cls == json(true) ? Pooling::Cls : Pooling::Mean;
}

} // namespace

Result<Pooling> parsePooling(const std::string& word)
{
    if (word == "cls" || word == "mean") {
        return word == "cls" ? Pooling::Cls : Pooling::Mean;
    }
    return {ErrorCode::InvalidArgument, "the setting pooling is neither cls nor mean"};
}

Result<ModelFolder> readModelFolder(const std::string& folder, std::uint64_t networkBytesMax)
{
    const fs::path path = fs::path(folder).lexically_normal();
    std::error_code error;
    if (!fs::is_directory(path, error)) {
        return {ErrorCode::NotFound, "the model's folder " + folder + " is not there; name another in the setting model"};
    }
    CARMA_TRY_ASSIGN(const json config, readJson(path / "config.json"));
    ModelFolder model;
    CARMA_TRY_ASSIGN(model.tokenizer, tokenizerOf(config, path));
    CARMA_TRY_ASSIGN(model.network, findNetwork(path, networkBytesMax));
    const fs::path vocabulary = path / (model.tokenizer == TokenizerKind::SentencePiece ? "sentencepiece.bpe.model" : "vocab.txt");
    CARMA_TRY_ASSIGN(model.vocabulary, readFile(vocabulary, kVocabularyBytesMax));
    model.vocabularyPath = vocabulary.string();
    model.name = nameOf(config, path.has_filename() ? path : path.parent_path());
    model.pooling = poolingOf(config, path);
    model.prefix = textAt(config, "passage_prefix");
    model.version = numberAt(config, "version", 1, 1U << 30U);
    const json sentence = optionalJson(path / "sentence_bert_config.json");
    model.tokensMax = numberAt(config, "max_tokens", numberAt(sentence, "max_seq_length", 512, kTokensMax), kTokensMax);
    if (const auto weight = config.find("advised_semantic_weight"); weight != config.end() && weight->is_number()) {
        model.advisedSemanticWeight = weight->get<double>();
    }
    return model;
}

} // namespace carma::openvino
