// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/dates.h"
#include "ingest/extract/extract.h"
#include "ingest/text_check.h"

#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-page.h>
#include <poppler-toc.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>

namespace carma::ingest {

namespace {

constexpr int kPagesMax = 50'000;
constexpr std::size_t kOutlineMax = 20'000;
constexpr std::size_t kHeadingBytesMax = 120;

std::string utf8(const poppler::ustring& text)
{
    const poppler::byte_array bytes = text.to_utf8();
    std::string value(bytes.begin(), bytes.end());
    value.erase(0, value.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    return cleaned(value);
}

/// Titles of the outline and how deep they stand.
using Outline = std::map<std::string, int>;

void gather(const poppler::toc_item& item, int level, Outline& outline)
{
    for (const poppler::toc_item* const child : item.children()) {
        if (outline.size() >= kOutlineMax || level > 6) {
            return;
        }
        outline.emplace(lowerAscii(oneLine(utf8(child->title()), kHeadingBytesMax)), level);
        gather(*child, level + 1, outline);
    }
}

/// "3.2 Beds": 2 for two numbers before capital letters or what is no ASCII; 0 if a line is nothing like it.
int numberedLevel(std::string_view line)
{
    int level = 0;
    std::size_t at = 0;
    while (at < line.size() && line[at] >= '0' && line[at] <= '9' && level < 6) {
        const auto end = std::min(line.find_first_not_of("0123456789", at), line.size());
        if (end - at > 3) {
            return 0;
        }
        ++level;
        at = end < line.size() && line[end] == '.' ? end + 1 : end;
    }
    const bool spaced = level > 0 && at < line.size() && line[at] == ' ';
    at = spaced ? std::min(line.find_first_not_of(' ', at), line.size()) : line.size();
    const bool begins = at < line.size() && ((line[at] >= 'A' && line[at] <= 'Z') || static_cast<unsigned char>(line[at]) >= 0x80);
    return begins && line.size() <= kHeadingBytesMax && std::string_view(".,;:").find(line.back()) == std::string_view::npos ? level : 0;
}

/// A page's text: headings of the outline apart, words that were divided at a line end joined.
class PageText {
public:
    PageText(Sink& sink, const Outline& outline) : m_sink(sink), m_outline(outline) {}

    void add(std::string_view text)
    {
        while (!text.empty()) {
            const auto newline = std::min(text.find('\n'), text.size());
            line(trimmed(text.substr(0, newline)));
            text.remove_prefix(std::min(newline + 1, text.size()));
        }
        flush();
    }

private:
    void line(std::string_view content)
    {
        if (content.empty()) {
            flush();
            return;
        }
        const auto known = m_outline.find(lowerAscii(oneLine(content, kHeadingBytesMax)));
        const int level = known != m_outline.end() ? known->second : m_outline.empty() && m_text.empty() ? numberedLevel(content) : 0;
        if (level > 0) {
            flush();
            m_sink.heading(level, content);
            return;
        }
        const bool divided = m_text.size() > 1 && m_text.back() == '-' &&
            std::islower(static_cast<unsigned char>(m_text[m_text.size() - 2])) != 0 &&
            std::islower(static_cast<unsigned char>(content.front())) != 0;
        if (divided) {
            m_text.pop_back();
        } else if (!m_text.empty()) {
            m_text += '\n';
        }
        m_text += content;
    }

    void flush()
    {
        m_sink.text(m_text);
        m_text.clear();
    }

    Sink& m_sink;
    const Outline& m_outline;
    std::string m_text;
};

} // namespace

Result<void> extractPdf(Sink& sink, ByteView bytes, bool isWhole)
{
    poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        return {ErrorCode::LimitExceeded, "is a PDF document of more than 2 GiB"};
    }
    const std::unique_ptr<poppler::document> document(
        poppler::document::load_from_raw_data(reinterpret_cast<const char*>(bytes.data()), static_cast<int>(bytes.size())));
    if (!document) {
        return {ErrorCode::InvalidArgument, "is a damaged PDF document"};
    }
    if (document->is_locked()) {
        return {ErrorCode::Unsupported, "is a PDF document that is protected by a password"};
    }
    const int pages = document->pages();
    if (pages > kPagesMax) {
        return {ErrorCode::LimitExceeded, "is a PDF document of more than " + std::to_string(kPagesMax) + " pages"};
    }
    if (isWhole) {
        sink.found.mediaType = "application/pdf";
        sink.found.title = oneLine(utf8(document->get_title()), 300);
        sink.metadata("author", utf8(document->get_author()));
        sink.metadata("subject", utf8(document->get_subject()));
        sink.metadata("keywords", utf8(document->get_keywords()));
        if (const auto created = document->get_creation_date_t(); created > 0) {
            sink.found.timeUs = static_cast<std::int64_t>(created) * 1'000'000;
            sink.metadata("date", dayOf(sink.found.timeUs));
        }
        sink.metadata("pages", std::to_string(pages));
    }
    Outline outline;
    if (const std::unique_ptr<poppler::toc> toc(document->create_toc()); toc) {
        gather(*toc->root(), 1, outline);
        outline.erase("");
    }
    int unread = 0;
    for (int number = 0; number < pages && !sink.full(); ++number) {
        const std::unique_ptr<poppler::page> page(document->create_page(number));
        if (!page) {
            ++unread;
            continue;
        }
        sink.page("page " + std::to_string(number + 1));
        PageText(sink, outline).add(utf8(page->text(poppler::rectf(), poppler::page::non_raw_non_physical_layout)));
    }
    if (unread > 0) {
        sink.metadata("unread pages", std::to_string(unread));
    }
    const bool anyText = std::any_of(
        sink.found.blocks.begin(), sink.found.blocks.end(), [](const Block& block) { return block.kind != BlockKind::Page; });
    if (!anyText) {
        return {ErrorCode::InvalidArgument,
            unread > 0 ? "is a damaged PDF document" : "is a PDF document without text, perhaps of scanned pages"};
    }
    return sink.check();
}

} // namespace carma::ingest
