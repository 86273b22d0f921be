// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/invoice_forms.h"

#include <array>
#include <hpdf.h>
#include <memory>
#include <type_traits>

/// An invoice on pages of A4. The fonts are those that every viewer has, so nothing depends on the machine, and no date of making is
/// written, so the same invoice is the same file.
namespace carma::billing {

namespace {

constexpr float kLeft = 50;
constexpr float kRight = 545;
constexpr float kTop = 780;
constexpr float kBottom = 60;
constexpr float kLine = 14;
constexpr float kQuantityAt = 420;
constexpr std::size_t kTextColumns = 58; // of a line's text, so that it ends before the quantity

/// The character's byte in Windows-1252, or '?'. Advances `at`.
char byteAt(std::string_view text, std::size_t& at)
{
    constexpr std::array<std::pair<unsigned, unsigned>, 8> kOthers{
        {{0x20AC, 0x80}, {0x2013, 0x96}, {0x2014, 0x97}, {0x2018, 0x91}, {0x2019, 0x92}, {0x201C, 0x93}, {0x201D, 0x94}, {0x2026, 0x85}}};
    const auto lead = static_cast<unsigned char>(text[at++]);
    const unsigned more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    unsigned code = more == 3 ? lead & 0x07U : more == 2 ? lead & 0x0FU : more == 1 ? lead & 0x1FU : lead;
    for (unsigned i = 0; i < more && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; ++i) {
        code = (code << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    }
    for (const auto& [unicode, byte] : kOthers) {
        if (code == unicode) {
            return static_cast<char>(byte);
        }
    }
    const bool same = (code >= 0x20 && code < 0x7F) || (code >= 0xA0 && code <= 0xFF && more == 1);
    return same ? static_cast<char>(code) : '?';
}

std::string toWindows1252(std::string_view text, std::size_t charactersMax)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (out.size() == charactersMax) {
            out.back() = static_cast<char>(0x85); // an ellipsis
            break;
        }
        out += byteAt(text, at);
    }
    return out;
}

struct FreeDocument {
    void operator()(HPDF_Doc document) const { HPDF_Free(document); }
};
using Document = std::unique_ptr<std::remove_pointer_t<HPDF_Doc>, FreeDocument>;

class Writer {
public:
    explicit Writer(HPDF_Doc document)
        : m_document(document), m_font(HPDF_GetFont(document, "Helvetica", "WinAnsiEncoding")),
          m_bold(HPDF_GetFont(document, "Helvetica-Bold", "WinAnsiEncoding"))
    {
        newPage();
    }

    void text(float x, std::string_view value, bool bold = false, std::size_t charactersMax = 90, float size = 10)
    {
        put(x, toWindows1252(value, charactersMax), bold, size, false);
    }
    void right(float x, std::string_view value, bool bold = false) { put(x, toWindows1252(value, 40), bold, 10, true); }
    void down(float by = kLine)
    {
        m_y -= by;
        if (m_y < kBottom) {
            newPage();
        }
    }
    void rule()
    {
        HPDF_Page_SetLineWidth(m_page, 0.5F);
        HPDF_Page_MoveTo(m_page, kLeft, m_y + 4);
        HPDF_Page_LineTo(m_page, kRight, m_y + 4);
        HPDF_Page_Stroke(m_page);
        down();
    }

private:
    void newPage()
    {
        m_page = HPDF_AddPage(m_document);
        HPDF_Page_SetSize(m_page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
        m_y = kTop;
    }
    void put(float x, const std::string& bytes, bool bold, float size, bool endsThere)
    {
        HPDF_Page_BeginText(m_page);
        HPDF_Page_SetFontAndSize(m_page, bold ? m_bold : m_font, size);
        const float width = endsThere ? HPDF_Page_TextWidth(m_page, bytes.c_str()) : 0;
        HPDF_Page_TextOut(m_page, x - width, m_y, bytes.c_str());
        HPDF_Page_EndText(m_page);
    }

    HPDF_Doc m_document;
    HPDF_Font m_font, m_bold;
    HPDF_Page m_page = nullptr;
    float m_y = kTop;
};

void writeHead(Writer& page, const Invoice& invoice)
{
    constexpr float kTitleSize = 18;
    page.text(kLeft, (invoice.creditNote ? "Credit note " : "Invoice ") + title(invoice), true, 60, kTitleSize);
    page.down(2 * kLine);
    if (invoice.creditNote) {
        Invoice credited;
        credited.number = invoice.credits;
        page.text(kLeft, "For " + title(credited));
        page.down();
    }
    page.text(kLeft, "Customer: " + invoice.customer);
    page.down();
    page.text(kLeft, "Period: " + toString(invoice.period) + " (UTC)");
    page.down();
    page.text(kLeft, "Issued: " + (invoice.issuedUs == 0 ? std::string("not yet") : formatUtc(invoice.issuedUs)));
    page.down();
    page.text(kLeft, "State: " + std::string(carma::name(invoice.state)));
    page.down();
    if (!invoice.reason.empty()) {
        page.text(kLeft, "Reason: " + invoice.reason);
        page.down();
    }
    page.down();
    page.text(kLeft, "Text", true);
    page.right(kQuantityAt, "Quantity", true);
    page.right(kRight, "Amount (" + invoice.currency.code + ")", true);
    page.down();
    page.rule();
}

Result<std::string> saved(HPDF_Doc document)
{
    constexpr std::size_t kChunk = 64U << 10U;
    std::string bytes;
    if (HPDF_SaveToStream(document) != HPDF_OK || HPDF_ResetStream(document) != HPDF_OK) {
        return Error{ErrorCode::Internal, "the PDF of an invoice could not be made"};
    }
    for (std::string chunk(kChunk, '\0');;) {
        auto size = static_cast<HPDF_UINT32>(chunk.size());
        const HPDF_STATUS status = HPDF_ReadFromStream(document, reinterpret_cast<HPDF_BYTE*>(chunk.data()), &size);
        bytes.append(chunk, 0, size);
        if (status != HPDF_OK || size == 0) {
            return bytes;
        }
    }
}

} // namespace

Result<std::string> toPdf(const Invoice& invoice)
{
    const Document document(HPDF_New(nullptr, nullptr));
    if (document == nullptr) {
        return Error{ErrorCode::Internal, "the PDF library refused to begin"};
    }
    Writer page(document.get());
    writeHead(page, invoice);
    for (const InvoiceLine& line : invoice.lines) {
        page.text(kLeft, line.text, false, kTextColumns);
        page.right(kQuantityAt, line.meter.empty() ? "" : toString(line.quantity));
        page.right(kRight, formatMinor(line.amount, invoice.currency));
        page.down();
    }
    page.down(kLine / 2);
    page.rule();
    page.text(kLeft, "Total", true);
    page.right(kRight, formatMinor(invoice.total, invoice.currency) + " " + invoice.currency.code, true);
    return saved(document.get());
}

} // namespace carma::billing
