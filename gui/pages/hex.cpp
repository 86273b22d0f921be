// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/hex.h"

#include "app/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace carma::gui {

namespace {
constexpr std::size_t kLine = 16;
}

QString hexText(std::string_view bytes, std::size_t bytesMax)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    const std::string_view shown = bytes.substr(0, bytesMax);
    QString lines;
    lines.reserve((static_cast<qsizetype>(shown.size() / kLine) + 2) * 78);
    for (std::size_t at = 0; at < shown.size(); at += kLine) {
        lines += QString("%1  ").arg(at, 8, 16, QChar('0'));
        QString letters;
        for (std::size_t i = at; i < at + kLine; ++i) {
            if (i >= shown.size()) {
                lines += "   ";
                continue;
            }
            const auto byte = static_cast<unsigned char>(shown[i]);
            lines += QChar(kDigits[byte >> 4U]);
            lines += QChar(kDigits[byte & 15U]);
            lines += ' ';
            letters += byte >= 0x20 && byte < 0x7f ? QChar(byte) : QChar('.');
        }
        lines += ' ' + letters + '\n';
    }
    if (shown.size() < bytes.size()) {
        lines +=
            QCoreApplication::translate("Text", "Only the first %1 of %2 are shown.").arg(sizeText(shown.size()), sizeText(bytes.size()));
    }
    return lines;
}

} // namespace carma::gui
