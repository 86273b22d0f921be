// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "answer.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace carma::openai {

namespace {

using nlohmann::json;

constexpr std::size_t kComplaintBytesMax = 300;
constexpr std::size_t kDimensionMax = 4096;
constexpr int kDepthMax = 8;

Error lie(const std::string& what) { return {ErrorCode::Corruption, "the server's answer " + what}; }

Result<void> takeVector(const json& numbers, std::span<float> vector)
{
    double squares = 0;
    for (std::size_t i = 0; i < vector.size(); ++i) {
        const json& number = numbers[i];
        const double value = number.is_number() ? number.get<double>() : NAN;
        if (!(std::abs(value) < 1e18)) {
            return lie("holds a number that is not finite");
        }
        squares += value * value;
        vector[i] = static_cast<float>(value);
    }
    const auto factor = squares > 0 ? static_cast<float>(1 / std::sqrt(squares)) : 0.0F;
    std::ranges::for_each(vector, [factor](float& value) { value *= factor; });
    return {};
}

json parseShallow(const std::string& body)
{
    bool deep = false;
    const auto shallow = [&deep](int depth, json::parse_event_t /*event*/, json& /*value*/) {
        deep = deep || depth > kDepthMax;
        return !deep;
    };
    json root = json::parse(body, shallow, false);
    return deep ? json(json::value_t::discarded) : root;
}

} // namespace

std::string requestOf(const Question& question, std::span<const carma_text> texts)
{
    json input = json::array();
    for (const carma_text& text : texts) {
        std::string whole = question.prefix + std::string(text.data, static_cast<std::size_t>(text.bytes));
        input.push_back(whole.empty() ? std::string(" ") : std::move(whole));
    }
    json root{{"model", question.model}, {"input", std::move(input)}, {"encoding_format", "float"}};
    if (question.dimension > 0) {
        root["dimensions"] = question.dimension;
    }
    return root.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<std::vector<float>> vectorsOf(const std::string& body, std::size_t count, std::uint32_t& dimension)
{
    const json root = parseShallow(body);
    const auto data = root.is_object() ? root.find("data") : root.end();
    if (!root.is_object() || data == root.end() || !data->is_array()) {
        return lie("is no JSON object with a list 'data'; is its URL the one of an OpenAI-compatible server, up to /v1?");
    }
    if (data->size() != count) {
        return lie("has " + std::to_string(data->size()) + " vectors for " + std::to_string(count) + " texts");
    }
    std::vector<float> vectors;
    std::vector<bool> seen(count, false);
    for (std::size_t i = 0; i < count; ++i) {
        const json& item = (*data)[i];
        const auto numbers = item.is_object() ? item.find("embedding") : item.end();
        if (!item.is_object() || numbers == item.end() || !numbers->is_array() || numbers->empty() || numbers->size() > kDimensionMax) {
            return lie("has an item without a list 'embedding' of 1 to 4096 numbers");
        }
        dimension = dimension == 0 ? static_cast<std::uint32_t>(numbers->size()) : dimension;
        if (numbers->size() != dimension) {
            return lie("has vectors of " + std::to_string(numbers->size()) + " numbers instead of " + std::to_string(dimension) +
                "; the model behind the URL is another one");
        }
        const auto index = item.find("index");
        const std::size_t at = index != item.end() && index->is_number_unsigned() ? index->get<std::size_t>() : i;
        if (at >= count || seen[at]) {
            return lie("names the text " + std::to_string(at) + " twice or beyond the request");
        }
        seen[at] = true;
        vectors.resize(count * dimension);
        CARMA_TRY(takeVector(*numbers, std::span(vectors).subspan(at * dimension, dimension)));
    }
    return vectors;
}

std::string complaintOf(const std::string& body)
{
    const json root = parseShallow(body);
    std::string text = body;
    if (root.is_object() && root.contains("error")) {
        const json& error = root["error"];
        text = error.is_object() && error.contains("message") && error["message"].is_string() ? error["message"].get<std::string>()
            : error.is_string()                                                               ? error.get<std::string>()
                                                                                              : text;
    }
    text.resize(std::min(text.size(), kComplaintBytesMax));
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) >= 127; }, ' ');
    return text;
}

} // namespace carma::openai
