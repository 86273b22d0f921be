// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/settings.h"

#include <QColor>
#include <QPalette>

class QApplication;

namespace carma::gui {

/// Colours that a palette has no role for. Text of `text*` stands on the base or window colour with a contrast of 4.5:1 or more.
struct Tones {
    QColor good, warn, bad;                                  ///< as text and as symbols
    QColor quiet;                                            ///< secondary text
    QColor line;                                             ///< thin lines between areas
    QColor panel;                                            ///< background of cards and of the navigation
    QColor mapSound, mapHealed, mapFound, mapLost, mapEmpty; ///< cells of the map
};

QPalette paletteOf(Theme theme);
Tones tonesOf(Theme theme);
/// Contrast of two opaque colours, 1..21, as WCAG 2.1 defines it (relative luminance).
double contrast(const QColor& one, const QColor& other);

/// Sets style, palette and the few rules of style sheet that Fusion lacks.
void applyTheme(QApplication& application, Theme theme);
/// The one that was applied last.
Theme currentTheme();
inline Tones tones() { return tonesOf(currentTheme()); }

} // namespace carma::gui
