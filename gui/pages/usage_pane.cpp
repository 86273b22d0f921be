// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/usage_pane.h"

#include "app/text.h"
#include "frame/widgets.h"
#include "pages/tables.h"
#include "pages/usage_chart.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr std::size_t kAlertsShown = 3;

/// For a picture; sums are kept as decimals.
double approximately(const Decimal& number) { return text(toString(number)).toDouble(); }

} // namespace

UsagePane::UsagePane(QWidget* parent)
    : QWidget(parent), m_model(makeUsageModel(this)), m_chart(new UsageChart), m_meter(named(new QComboBox, tr("Meter"))), m_sum(quiet({})),
      m_alerts(quiet({})), m_metering(button(tr("Turn metering on"))), m_first(button(tr("Turn metering on"))),
      m_table(tableView(m_model, tr("Usage"), {210, 180, 110, 120, 110, 110}))
{
    QFrame* frame = card();
    auto* top = new QHBoxLayout;
    top->setSpacing(8);
    top->addWidget(m_meter);
    top->addWidget(m_sum, 1);
    top->addWidget(m_metering);
    m_meter->setMinimumWidth(160);
    m_alerts->hide();
    layoutOf(frame)->addLayout(top);
    layoutOf(frame)->addWidget(m_alerts);
    layoutOf(frame)->addWidget(m_chart, 1);
    auto* list = new TableOrAdvice(m_table, m_model, tr("Nothing was used in this month"),
        tr("The store counts its own operations once metering is on or there is a plan; others can be recorded with \"carma usage "
           "record\"."),
        m_first);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, kGap, 0, 0);
    layout->setSpacing(kGap);
    layout->addWidget(frame, 2);
    layout->addWidget(list, 3);
    connect(m_meter, &QComboBox::currentIndexChanged, this, &UsagePane::draw);
    connect(m_metering, &QPushButton::clicked, this, [this] { emit meteringWanted(!m_on); });
    connect(m_first, &QPushButton::clicked, this, [this] { emit meteringWanted(true); });
}

void UsagePane::show(const BillingState& state, bool readOnly)
{
    m_on = state.metering;
    m_month = state.month;
    m_days = state.days;
    m_metering->setText(m_on ? tr("Turn metering off") : tr("Turn metering on"));
    m_metering->setAccessibleName(m_metering->text());
    m_metering->setEnabled(!readOnly);
    m_first->setVisible(!m_on);
    m_first->setEnabled(!readOnly);
    showMeters(state);
    showRows(m_table, m_model, state.sums);
    QStringList lines;
    for (std::size_t i = 0; i < std::min(kAlertsShown, state.alerts.size()); ++i) {
        const UsageAlert& alert = state.alerts[i];
        lines.append(tr("%1: %2 % of %3 are used (%4 of %5)")
                         .arg(oneLine(text(alert.customer), 60))
                         .arg(alert.percent)
                         .arg(text(alert.what), text(alert.used), text(alert.of)));
    }
    if (state.alerts.size() > kAlertsShown) {
        lines.append(tr("and %1 more").arg(state.alerts.size() - kAlertsShown));
    }
    m_alerts->setText(lines.join('\n'));
    m_alerts->setVisible(!lines.isEmpty());
    draw();
}

void UsagePane::showMeters(const BillingState& state)
{
    QStringList meters;
    for (const UsageRollup& each : state.sums) {
        if (!meters.contains(text(each.meter))) {
            meters.append(text(each.meter));
        }
    }
    meters.sort();
    QStringList shown;
    for (int i = 0; i < m_meter->count(); ++i) {
        shown.append(m_meter->itemText(i));
    }
    if (meters != shown) {
        const QString kept = m_meter->currentText();
        const QSignalBlocker blocker(m_meter);
        m_meter->clear();
        m_meter->addItems(meters);
        m_meter->setCurrentText(meters.contains(kept) ? kept : meters.contains("queries") ? "queries" : meters.value(0));
    }
    m_meter->setVisible(!meters.isEmpty());
}

void UsagePane::draw()
{
    const std::string meter = bytesOf(m_meter->currentText());
    std::vector<double> days(static_cast<std::size_t>((m_month.toUs() - m_month.fromUs()) / kDayUs), 0.0);
    double sum = 0;
    for (const UsageRollup& each : m_days) {
        const std::int64_t day = (each.fromUs - m_month.fromUs()) / kDayUs;
        if (each.meter == meter && day >= 0 && day < std::ssize(days)) {
            days[static_cast<std::size_t>(day)] += approximately(each.sum);
            sum += approximately(each.sum);
        }
    }
    m_sum->setText(meter.empty() ? QString() : tr("%1 in %2, by day (UTC)").arg(QLocale().toString(sum, 'g', 9), monthText(m_month)));
    m_chart->setDays(std::move(days), text(meter));
}

void UsagePane::clear()
{
    m_days.clear();
    m_model->setRows({});
    m_meter->clear();
    m_alerts->hide();
    draw();
}

} // namespace carma::gui
