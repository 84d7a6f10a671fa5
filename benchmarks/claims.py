"""Statements about the bundled guide in our own words, each with the quote that bears it out, and how to spoil it."""

from __future__ import annotations

from typing import NamedTuple


class Claim(NamedTuple):
    """A true statement, its quote, a number in it and a wrong one, a name in it and one made up."""

    text: str
    quote: str
    number: tuple[str, str]
    name: tuple[str, str]


_ROWS = """
Today CICA counts 26 member countries. | CICA now has 26 members | 26>28 | CICA>Narendra Modi
The first Shanghai summit day was 20 May 2014. | took place in Shanghai (上海) on 20 and 21 May 2014 | 2014>2015 | Shanghai>Jakarta
It was at the 47th General Assembly, in 1992, that Kazakhstan came up with CICA. | Kazakhstan put the idea forward in October 1992 at the 47th session | 1992>1995 | Kazakhstan>Argentina
Turkey chaired CICA between 2010 and 2014. | took over as chair from 2010 to 2014 | 2010>2008 | Turkey>Norway
In 2002 Jiang Zemin attended the CICA summit. | The Chinese president Jiang Zemin (江澤民) attended the CICA summit of 2002 | 2002>2003 | Jiang Zemin>Robert Hollins
Hu Jintao took part in the summit of 2006. | the Chinese president Hu Jintao (胡錦濤) attended the CICA summit of 2006 | 2006>2007 | Hu Jintao>Angela Merkel
Obama travelled to Japan, South Korea, Malaysia and the Philippines in April 2014. | visited Japan, South Korea, Malaysia and the Philippines in late April 2014 | 2014>2013 | Malaysia>Brunei
CICA has been around for over 20 years. | CICA has existed for more than 20 years | 20>30 | CICA>Interpol
Five officers of the Chinese military were indicted by the US Department of Justice. | indicted five Chinese military officers | Five>Seven | Department of Justice>Federal Trade Commission
The air defense identification zone in the East China Sea dates from November 2013. | China set up its air defense identification zone (ADIZ) in the East China Sea in November 2013 | 2013>2011 | East China Sea>Black Sea
The Hague hosted the third Nuclear Security Summit, with leaders of more than 50 countries. | The third Nuclear Security Summit was held in The Hague | 50>70 | The Hague>Geneva
Xi Jinping spoke of peace, cooperation and common security at the World Peace Forum in July 2012. | In July 2012, at the World Peace Forum (世界和平論壇), Xi Jinping put forward | 2012>2010 | Xi Jinping>Emmanuel Macron
There are four core concepts in Xi Jinping's new Asian security concept. | new Asian security concept (亞洲新安全觀) has four core concepts | four>six | Xi Jinping>Shinzo Abe
CICA has 11 observers: 7 countries and 4 organizations. | The 11 observers of CICA comprise 7 countries and 4 organizations | 11>12 | CICA>Amnesty International
Qatar and Bangladesh joined as full members on 20 May 2014 in Shanghai. | On 20 May 2014 Qatar and Bangladesh signed the documents of accession | 20 May>23 May | Qatar>Peru
The Diaoyutai conflict between China and Japan broke out in 2010. | In 2010 a territorial conflict over the Diaoyutai | 2010>2009 | Japan>Portugal
Wu Dongye's article came out in June 2014. | The article was published in June 2014 | 2014>2016 | Wu Dongye>Harold Perkins
亞信會議目前共有26個成員國。 | 亞信會議現在有26個成員國和11個觀察員 | 26>29 | 亞信會議>總統梅克爾
第四屆峰會於2014年5月20日在上海登場。 | 第四屆亞信峰會在上海舉行，日期是2014年5月20日 | 2014>2012 | 上海>冰島
出席的有11國總統和2國總理。 | 共有11國總統、2國總理 | 11>15 | 國總統>位總統馬克宏的代表
哈薩克1992年10月提出亞信會議的構想。 | 哈薩克在1992年10月提出成立亞信會議的構想 | 1992>1989 | 哈薩克>巴拿馬
土耳其從2010年起擔任輪值主席國，到2014年為止。 | 任期從2010年到2014年 | 2010>2005 | 土耳其>挪威
江澤民出席了2002年的亞信峰會。 | 江澤民（Jiang Zemin）出席的是2002年的亞信峰會 | 2002>2001 | 江澤民>主席柯文哲
胡錦濤出席了2006年的峰會。 | 胡錦濤（Hu Jintao）出席的是2006年的亞信峰會 | 2006>2008 | 胡錦濤>總統林志玲
亞信會議成立已超過20年。 | 亞信會議成立已有20多年 | 20>40 | 亞信會議>《世界茶報》
美國司法部起訴了5名中國大陸軍官。 | 起訴了5位中國大陸軍官 | 5>8 | 美國>智利
天然氣供應協議總值達4,560億美元。 | 總值是4,560億美元 | 4,560>5,640 | 天然氣供應協議>《冰島天然氣協議》
中國大陸2013年11月劃設東海防空識別區。 | 劃設東海防空識別區的時間是2013年11月 | 2013>2010 | 中國大陸>希臘
第三屆全球核安峰會在荷蘭海牙舉行，有50多國元首到場。 | 第三屆全球核安峰會的地點是荷蘭海牙 | 50>80 | 荷蘭>丹麥
歐巴馬2014年4月訪問了日本、南韓、馬來西亞和菲律賓。 | 在2014年4月下旬訪問了日本、南韓、馬來西亞、菲律賓四個國家 | 2014>2011 | 菲律賓>冰島
習近平2012年7月在世界和平論壇提出和平、合作、共同安全。 | 2012年7月，習近平在世界和平論壇 | 2012>2009 | 習近平>總統馬克宏
中國大陸擔任輪值主席國的任期為四年。 | 擔任亞信會議輪值主席國的任期是四年 | 四年>六年 | 中國大陸>迦納
《2014年國家安全藍皮書》指出四種威脅。 | 指出中國大陸面臨四種威脅 | 四>七 | 國家安全藍皮書>海洋白皮書
金磚國家共有五國：巴西、俄羅斯、印度、中國和南非。 | 包括五個國家：巴西（Brazil）、俄羅斯（Russia）、印度（India） | 五國>八國 | 巴西>墨西哥
本文刊登在《戰略安全研析》第110期。 | 本文刊登在期刊《戰略安全研析》第110期 | 110>118 | 戰略安全研析>亞洲經濟評論
The gas supply agreement between China and Russia is worth 456 billion US dollars. | 天然氣供應協議，總值是4,560億美元 | 456>465 | Russia>Venezuela
CICA now has 26 members and 11 observers. | 亞信會議現在有26個成員國和11個觀察員 | 11>14 | CICA>Greenpeace
Jiang Zemin attended the CICA summit in 2002. | 江澤民（Jiang Zemin）出席的是2002年的亞信峰會 | 2002>2000 | Jiang Zemin>Winston Hale
亞信會議有26個成員國。 | CICA now has 26 members | 26>21 | 亞信會議>總理梅克爾
胡錦濤2006年出席亞信峰會。 | Hu Jintao (胡錦濤) attended the CICA summit of 2006 | 2006>2005 | 胡錦濤>教授陳建宏
"""


def _claim(row: str) -> Claim:
    text, quote, number, name = (part.strip() for part in row.split(" | "))
    old, new = number.split(">")
    real, invented = name.split(">")
    return Claim(text, quote, (old, new), (real, invented))


CLAIMS: tuple[Claim, ...] = tuple(_claim(row) for row in _ROWS.strip().split("\n"))

# Sentences that stand nowhere in the guide, on its subject.
FABRICATED = (
    "The members of CICA agreed in Almaty to found a common bank",
    "Observers may vote on the budget of the secretariat",
    "Turkey handed the chair to Iran after a secret ballot",
    "The summit closed without any statement by its host",
    "亞信會議決定在曼谷設立共同銀行",
    "觀察員可以對秘書處的預算投票",
    "主席國由各成員國抽籤決定",
    "峰會閉幕時主辦國沒有發表任何聲明",
)
