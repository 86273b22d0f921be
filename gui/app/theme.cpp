// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/theme.h"

#include <QApplication>
#include <QStyleFactory>

#include <cmath>

namespace carma::gui {

namespace {

Theme applied = Theme::Light;

struct Colours {
    const char *window, *base, *alternate, *text, *button, *highlight, *highlightText, *link, *tip, *disabled, *placeholder, *mid;
};

Colours coloursOf(Theme theme)
{
    switch (theme) {
    case Theme::Dark:
        return {"#23272b", "#1b1e21", "#212529", "#e6e8ea", "#31363b", "#2f6fb3", "#ffffff", "#7db8f0", "#31363b", "#7c858c", "#9aa3ab",
            "#3d4348"};
    case Theme::Contrast:
        return {"#000000", "#000000", "#141414", "#ffffff", "#000000", "#ffe600", "#000000", "#6fd3ff", "#000000", "#b0b0b0", "#d0d0d0",
            "#ffffff"};
    case Theme::Light: break;
    }
    return {
        "#f4f5f6", "#ffffff", "#f7f8f9", "#1d2125", "#fbfbfc", "#2a6cb0", "#ffffff", "#1c5fa5", "#ffffff", "#8b9299", "#666d74", "#d4d8dc"};
}

double channel(double value) { return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); }

double luminance(const QColor& colour)
{
    return 0.2126 * channel(colour.redF()) + 0.7152 * channel(colour.greenF()) + 0.0722 * channel(colour.blueF());
}

/// Fusion draws outlines darker than the window, which cannot be seen on dark ones.
QString outlinesOf(Theme theme)
{
    if (theme == Theme::Light) {
        return {};
    }
    const QString line = theme == Theme::Contrast ? "#ffffff" : "#5a636b";
    return QString(
        "QLineEdit { border: 1px solid %1; border-radius: 3px; background: palette(base); }"
        "QLineEdit:focus { border: 2px solid palette(highlight); } QAbstractSpinBox QLineEdit { border: none; }"
        "QCheckBox::indicator, QRadioButton::indicator { width: 12px; height: 12px; border: 1px solid %1; background: palette(base); }"
        "QCheckBox::indicator { border-radius: 2px; } QRadioButton::indicator { border-radius: 7px; }"
        "QCheckBox::indicator:checked, QRadioButton::indicator:checked { background: palette(highlight); }"
        "QCheckBox::indicator:checked { image: url(:/icons/check-%2.png); }"
        "QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid palette(highlight); }"
        "QComboBox { border: 1px solid %1; border-radius: 3px; background: palette(button); padding: 2px 8px; }"
        "QComboBox:focus { border: 2px solid palette(highlight); } QComboBox::drop-down, QDateTimeEdit::drop-down { border: none; width: "
        "22px; }"
        "QComboBox::down-arrow, QDateTimeEdit::down-arrow, QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {"
        "  image: url(:/icons/down-white.png); width: 12px; height: 8px; }"
        "QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(:/icons/up-white.png); width: 12px; height: 8px; }"
        "QAbstractSpinBox { border: 1px solid %1; border-radius: 3px; background: palette(base); padding: 2px 4px; }"
        "QAbstractSpinBox:focus { border: 2px solid palette(highlight); }"
        "QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button { border: none; width: 20px; }"
        "QTabBar::tab { border: 1px solid %1; border-bottom: none; border-top-left-radius: 3px; border-top-right-radius: 3px;"
        "  background: palette(window); padding: 6px 14px; margin-right: 3px; }"
        "QTabBar::tab:selected { background: palette(base); border-bottom: 3px solid palette(highlight); }"
        "QTabBar:focus { outline: none; } QTabBar::tab:focus:selected { border: 2px solid palette(highlight); }"
        "QAbstractItemView[frameShape=\"6\"], QPlainTextEdit[frameShape=\"6\"], QTextBrowser[frameShape=\"6\"] { border: 1px solid %1; }"
        "QScrollBar { background: palette(base); } QScrollBar:vertical { width: 12px; } QScrollBar:horizontal { height: 12px; }"
        "QScrollBar::handle { background: %1; border-radius: 4px; margin: 2px; }"
        "QScrollBar::handle:vertical { min-height: 28px; } QScrollBar::handle:horizontal { min-width: 28px; }"
        "QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }"
        "QPushButton { border: 1px solid %1; border-radius: 3px; background: palette(button); }"
        "QPushButton:focus { border: 2px solid palette(highlight); } QPushButton:pressed { background: palette(base); }"
        "QPushButton:flat { border: none; background: transparent; } QPushButton:flat:focus { border: 1px solid palette(highlight); }")
        .arg(line, theme == Theme::Contrast ? "black" : "white");
}

QString styleSheetOf(Theme theme)
{
    const Tones tone = tonesOf(theme);
    return QString("QFrame[card=\"true\"] { background: palette(base); border: 1px solid %1; border-radius: 6px; }"
                   "QFrame[card=\"true\"] QLabel { border: none; background: transparent; }"
                   "QLabel[quiet=\"true\"] { color: %2; }"
                   "QListView#navigation { background: %3; border: none; border-right: 1px solid %1; outline: 0; padding: 8px 6px; }"
                   "QListView#navigation::item { padding: 8px 10px; border-radius: 5px; margin: 1px 0; }"
                   "QListView#navigation::item:selected { background: palette(highlight); color: palette(highlighted-text); }"
                   "QPushButton { padding: 4px 12px; } "
                   "QPushButton::menu-indicator { subcontrol-origin: padding; subcontrol-position: right center; right: 6px; }"
                   "QStatusBar QPushButton { padding: 2px 8px; } QLineEdit { padding: 2px 4px; }"
                   "QSplitter::handle { background: transparent; }"
                   "QLabel#production { background: #b3261e; color: #ffffff; font-weight: 600; padding: 5px; }"
                   "QStatusBar { border-top: 1px solid %1; } QStatusBar::item { border: none; }"
                   "QToolTip { color: palette(text); background: palette(base); border: 1px solid %1; padding: 4px; }")
               .arg(tone.line.name(), tone.quiet.name(), tone.panel.name()) +
        outlinesOf(theme);
}

} // namespace

Tones tonesOf(Theme theme)
{
    switch (theme) {
    case Theme::Dark:
        return {"#6cc68a", "#e8b04a", "#f28b82", "#a4adb5", "#3d4348", "#1f2326", "#3f7f57", "#5aa6e0", "#d69a2d", "#e0645a", "#2b3034"};
    case Theme::Contrast:
        return {"#5dff8f", "#ffd23f", "#ff9a9a", "#e0e0e0", "#ffffff", "#000000", "#2f9e55", "#6fd3ff", "#ffd23f", "#ff6b6b", "#222222"};
    case Theme::Light: break;
    }
    return {"#1d7a3e", "#8a5a00", "#b3261e", "#5a6168", "#d4d8dc", "#eceef0", "#a9d6b7", "#3d8fd1", "#e0a030", "#c93a31", "#eceef0"};
}

QPalette paletteOf(Theme theme)
{
    const Colours c = coloursOf(theme);
    QPalette palette;
    palette.setColor(QPalette::Window, QColor(c.window));
    palette.setColor(QPalette::WindowText, QColor(c.text));
    palette.setColor(QPalette::Base, QColor(c.base));
    palette.setColor(QPalette::AlternateBase, QColor(c.alternate));
    palette.setColor(QPalette::Text, QColor(c.text));
    palette.setColor(QPalette::Button, QColor(c.button));
    palette.setColor(QPalette::ButtonText, QColor(c.text));
    palette.setColor(QPalette::BrightText, QColor(c.highlightText));
    palette.setColor(QPalette::Highlight, QColor(c.highlight));
    palette.setColor(QPalette::HighlightedText, QColor(c.highlightText));
    palette.setColor(QPalette::Link, QColor(c.link));
    palette.setColor(QPalette::ToolTipBase, QColor(c.tip));
    palette.setColor(QPalette::ToolTipText, QColor(c.text));
    palette.setColor(QPalette::PlaceholderText, QColor(c.placeholder));
    palette.setColor(QPalette::Mid, QColor(c.mid));
    palette.setColor(QPalette::Midlight, QColor(c.mid));
    palette.setColor(QPalette::Light, QColor(c.button));
    palette.setColor(QPalette::Dark, QColor(c.mid).darker(theme == Theme::Light ? 115 : 100));
    palette.setColor(QPalette::Shadow, QColor("#000000"));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, QColor(c.disabled));
    }
    palette.setColor(QPalette::Disabled, QPalette::Highlight, QColor(c.mid));
    return palette;
}

double contrast(const QColor& one, const QColor& other)
{
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

void applyTheme(QApplication& application, Theme theme)
{
    applied = theme;
    QApplication::setStyle(QStyleFactory::create("Fusion"));
    QApplication::setPalette(paletteOf(theme));
    application.setStyleSheet(styleSheetOf(theme));
}

Theme currentTheme() { return applied; }

} // namespace carma::gui
