// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/settings_page.h"

#include "frame/widgets.h"
#include "pages/store_settings.h"

#include <QComboBox>
#include <QFormLayout>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>

namespace carma::gui {

namespace {
constexpr int kFieldWidth = 280;
constexpr int kCardWidth = 640;
} // namespace

SettingsPage::SettingsPage(Shell& shell)
    : m_shell(shell), m_theme(named(new QComboBox, tr("Theme"))), m_language(named(new QComboBox, tr("Language"))),
      m_scale(named(new QComboBox, tr("Scale"))), m_times(named(new QComboBox, tr("Times"))), m_idle(named(new QSpinBox, tr("Lock after"))),
      m_store(new StoreSettings(shell))
{
    const Settings& settings = shell.settings();
    m_theme->addItems({tr("Light"), tr("Dark"), tr("High contrast")});
    m_theme->setCurrentIndex(static_cast<int>(settings.theme));
    m_language->addItem(tr("As the system"), QString());
    m_language->addItem("English", "en");
    m_language->addItem("Deutsch", "de");
    m_language->setCurrentIndex(std::max(0, m_language->findData(settings.language)));
    for (const int percent : {100, 125, 150, 175, 200, 250, 300}) {
        m_scale->addItem(tr("%1 %").arg(percent), percent);
    }
    m_scale->setCurrentIndex(std::max(0, m_scale->findData(settings.scalePercent)));
    m_times->addItems({tr("Local time"), tr("UTC")});
    m_times->setCurrentIndex(settings.timesInUtc ? 1 : 0);
    m_idle->setRange(0, 240);
    m_idle->setValue(settings.idleLockMinutes);
    m_idle->setSpecialValueText(tr("never"));
    m_idle->setSuffix(" " + tr("min without a key or click"));
    for (QWidget* field : std::initializer_list<QWidget*>{m_theme, m_language, m_scale, m_times, m_idle}) {
        field->setFixedWidth(kFieldWidth);
    }
    auto* inner = new QWidget;
    auto* scroll = named(new QScrollArea, tr("Settings"));
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(inner);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll);
    auto* layout = new QVBoxLayout(inner);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(heading(tr("Settings")));
    const auto group = [layout](const QString& title) {
        QFrame* frame = card();
        frame->setMaximumWidth(kCardWidth);
        layoutOf(frame)->addWidget(heading(title, 1));
        auto* form = new QFormLayout;
        form->setVerticalSpacing(kGap);
        form->setHorizontalSpacing(kMargin);
        layoutOf(frame)->addLayout(form);
        layout->addWidget(frame);
        return form;
    };
    QFormLayout* looks = group(tr("Appearance"));
    looks->addRow(tr("Theme"), m_theme);
    looks->addRow(tr("Language"), m_language);
    looks->addRow(tr("Scale"), m_scale);
    looks->addRow(tr("Times"), m_times);
    looks->addRow(QString(), quiet(tr("Language and scale hold from the next start.")));
    QFormLayout* security = group(tr("Security"));
    security->addRow(tr("Lock after"), m_idle);
    security->addRow(QString(), quiet(tr("Ctrl+L locks at once. A locked store is closed and its keys are wiped from memory.")));
    m_store->setMaximumWidth(kCardWidth);
    layout->addWidget(m_store);
    layout->addStretch();
    for (QComboBox* box : {m_theme, m_language, m_scale, m_times}) {
        connect(box, &QComboBox::currentIndexChanged, this, &SettingsPage::apply);
    }
    connect(m_idle, &QSpinBox::valueChanged, this, &SettingsPage::apply);
}

void SettingsPage::refresh()
{
    const QSignalBlocker blocker(m_times);
    m_times->setCurrentIndex(m_shell.settings().timesInUtc ? 1 : 0);
    m_store->refresh();
}

void SettingsPage::reset() { m_store->reset(); }

void SettingsPage::apply()
{
    Settings& settings = m_shell.settings();
    settings.theme = static_cast<Theme>(m_theme->currentIndex());
    settings.language = m_language->currentData().toString();
    settings.scalePercent = m_scale->currentData().toInt();
    settings.timesInUtc = m_times->currentIndex() == 1;
    settings.idleLockMinutes = m_idle->value();
    m_shell.settingsChanged();
}

} // namespace carma::gui
