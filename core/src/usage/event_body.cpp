// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "usage/event_body.h"

#include "base/body_version.h"
#include "usage/decimal_io.h"

#include <unordered_map>

namespace carma::usage {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kWhat = "a usage record";
constexpr std::size_t kBodyBytesAim = 1U << 20U; // half of what a record may have
constexpr std::size_t kEventBytesMin = 4 * 3 + 4 + 4 + kDecimalBytes + 8 + 1;

Error corrupt() { return unreadableBody(kWhat); }

/// Numbers for texts, in the order in which they appear.
class TextTable {
public:
    std::uint32_t number(const std::string& text)
    {
        const auto [found, added] = m_numbers.try_emplace(text, static_cast<std::uint32_t>(m_texts.size()));
        if (added) {
            m_texts.push_back(&found->first);
            m_bytes += 4 + text.size();
        }
        return found->second;
    }
    [[nodiscard]] std::size_t bytes() const { return m_bytes; }
    void write(ByteWriter& writer) const
    {
        writer.number(static_cast<std::uint32_t>(m_texts.size()));
        for (const std::string* text : m_texts) {
            writer.text(*text);
        }
    }

private:
    std::unordered_map<std::string, std::uint32_t> m_numbers;
    std::vector<const std::string*> m_texts; // nodes of the map do not move
    std::size_t m_bytes = 0;
};

void writeEvent(const UsageEvent& event, TextTable& texts, ByteWriter& writer)
{
    writer.number(texts.number(event.source));
    writer.number(texts.number(event.customer));
    writer.number(texts.number(event.meter));
    writer.text(event.id);
    writer.text(event.reverses);
    writeDecimal(writer, event.value);
    writer.number(event.timeUs);
    writer.number(static_cast<std::uint8_t>(event.dimensions.size()));
    for (const auto& [name, value] : event.dimensions) {
        writer.number(texts.number(name));
        writer.number(texts.number(value));
    }
}

class EventReader {
public:
    explicit EventReader(ByteView bytes) : m_reader(bytes) {}

    Result<void> readTexts()
    {
        const auto count = m_reader.number<std::uint32_t>();
        if (count > m_reader.rest().size() / sizeof(std::uint32_t)) {
            return corrupt();
        }
        m_texts.reserve(count);
        for (std::uint32_t i = 0; i < count; ++i) {
            m_texts.push_back(asText(m_reader.blob()));
        }
        return {};
    }
    Result<std::uint32_t> readCount()
    {
        const auto count = m_reader.number<std::uint32_t>();
        if (count == 0 || count > m_reader.rest().size() / kEventBytesMin) {
            return corrupt();
        }
        return count;
    }
    Result<void> read(EventView& event)
    {
        event.source = text();
        event.customer = text();
        event.meter = text();
        event.id = asText(m_reader.blob());
        event.reverses = asText(m_reader.blob());
        CARMA_TRY_ASSIGN(event.value, readDecimal(m_reader));
        event.timeUs = m_reader.number<std::int64_t>();
        const auto dimensions = m_reader.number<std::uint8_t>();
        event.dimensions.clear();
        for (std::uint8_t i = 0; i < dimensions && i < kDimensionsMax; ++i) {
            const std::string_view key = text();
            event.dimensions.emplace_back(key, text());
        }
        if (m_reader.failed() || m_unknownText || dimensions > kDimensionsMax) {
            return corrupt();
        }
        return {};
    }
    [[nodiscard]] bool atEnd() const { return m_reader.atEnd(); }

private:
    std::string_view text()
    {
        const auto number = m_reader.number<std::uint32_t>();
        m_unknownText = m_unknownText || number >= m_texts.size();
        return m_unknownText ? std::string_view() : m_texts[number];
    }

    ByteReader m_reader;
    std::vector<std::string_view> m_texts;
    bool m_unknownText = false;
};

} // namespace

UsageEvent toEvent(const EventView& view)
{
    UsageEvent event;
    event.source = view.source;
    event.id = view.id;
    event.customer = view.customer;
    event.meter = view.meter;
    event.value = view.value;
    event.timeUs = view.timeUs;
    for (const auto& [name, value] : view.dimensions) {
        event.dimensions.emplace_back(name, value);
    }
    event.reverses = view.reverses;
    return event;
}

std::size_t encodeEvents(std::span<const UsageEvent> events, Bytes& body)
{
    TextTable texts;
    Bytes encoded;
    ByteWriter writer(encoded);
    std::size_t count = 0;
    while (count < events.size() && encoded.size() + texts.bytes() < kBodyBytesAim) {
        writeEvent(events[count++], texts, writer);
    }
    body.clear();
    ByteWriter out(body);
    out.number(kVersion);
    texts.write(out);
    out.number(static_cast<std::uint32_t>(count));
    out.raw(encoded);
    return count;
}

Result<void> decodeEvents(ByteView body, const std::function<void(std::uint32_t index, const EventView&)>& visit)
{
    CARMA_TRY_ASSIGN(const ByteReader fields, openBody(body, kVersion, kWhat));
    EventReader reader(fields.rest());
    CARMA_TRY(reader.readTexts());
    CARMA_TRY_ASSIGN(const std::uint32_t count, reader.readCount());
    EventView event;
    for (std::uint32_t i = 0; i < count; ++i) {
        CARMA_TRY(reader.read(event));
        visit(i, event);
    }
    return reader.atEnd() ? Result<void>{} : corrupt();
}

} // namespace carma::usage
