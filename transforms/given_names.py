"""Given names that are a typing error away from each other, and yet two names: Paul and Paula.

Of some 5,500 names borne in Germany, in its neighbours' countries and by those who came from
there and further, these have another one at a distance of one letter, or of two where they are
long. They are spelled as `identity.letters` spells them. Compiled from the name lists of the
Faker project (MIT licence).
"""

_NAMES = """
aaron abbas abbey abby abdis abdulgazi abdulhadi abdulkadir abdulsamed abdulsemet abel acar achille
aclan ada adak adal adalbert adam adamo addison adelaide adelbert adelgunde adelina adelinde
adeline adem adila adina adis adlan admir adnan adolfine adolphe adrian adriana adriane adrianna
adriano adrien adrienne afra agata agatha agathe agim agnes agnese agron ahat ahmad ahmed ahmet
ahter aida aidan aiden aime aimee aisha ajan ajla ajna akar akay akbas akif aksay aksoy akver
akyildiz alaaddin aladdin alain alan alana alara alattin alaz alba alban alberico albert albertine
alberto albin albina alcan aldin alea aleisha alejandro aleksandar aleksander aleksandr aleksandra
alen alena alessandra alessandro alessia alessio alex alexa alexandar alexander alexandra alexandre
alexandria alexandrie alexandros alexandru alexei alexej alexia alexis alf alfons alfonso alfred
alfredo algis ali alice alicia alicja alida alina aline alisa alisha alissa alix alize alla allan
allen alma almir almus almut almuth alois aloys aloyse alpcan alphons alphonse alpin alsoy altin
altinkaya alwin alwina alwine aly alya alyssa amac amadeo amaia amalia amalie amanda amandine amar
amaya amedeo amela amelia amelie amin amina amir amira amra amre amy ana anabela anabella anastasia
anastasie anastasios anastazja anatol anatoli anatolij anda andela andjela andjelina andre andrea
andreas andree andrei andreia andrej andres andrew andrey andri andrija andrin andrina andrzej andy
ane anes aneta anett anette ange angel angela angele angelica angelika angelina angeliqu angelo
anica aniela anika anina anisa anita anja anka anke ankica ann anna annabell annabella annabelle
annak annalena annaliese annalisa annalise annamaria annamarie anne annedore annegret annegrete
annelene anneli annelie annelies anneliese annelise annelore annemarie annemie annerose annett
annetta annette anni annick annie annika annina annita anny ante anthony antje anto antoine
antoinette anton antonella antonello antoni antonia antonie antonietta antonija antonina antonino
antonio antonios antonius antony antun apaydin apollonia apolonia arabella aral aran aras arcan
arda ardian ardit ardita argu ari aria arian ariana ariane arianna aribert arif arifcan aristide
arkut arlette arlind arlinda arlo armand armande armando armelle armend armin arnaud arnaude arnd
arndt arne arnfried arnim arno arnulf arnulfo aron arsim arta artan arthur artur arturo aru arzu
ashan ashlee ashley asia asim asiman asir asta astrid astride astrit asu atagun atgun atilgan
atilhan atnan aude audrey august augusta auguste augustin augusto aurelia aurelie aurelien aurelio
aurora aurore austin ava avni axel ayaydin aycan aydar aygutalp ayhan aykut aykutalp ayla aylil
aylin aynur aypar aysan ayse aysel aysoy aysuna aytek ayten aytuna azettin aziz azize azra baba
babett babette bagdas bagdat bahaddin bahittin bahtinur bajram baki bali balli baltas balz baptist
baptiste bara barak barica baris bariscan barry barsen bashan basil basim bastian bastien batirhan
baykan bayman bayram bayruhan bayzettin beat beata beate beatrice beatrix beatriz beau beda bedi
bedri begim bekbay bekim bekir bela belinda bella ben benedict benedicte benedikt benek beni benita
benito benno benol berat beray beren berend berenice bergen berit bernard bernardo bernd berndt
bernfried bernhard bernt bernward berra berran berrin bert berta bertha berthe berthold bertold
bertram bertrand besart besarta besim besin beste beth bethan bethany betina betti bettina betty
bevan beyda bezek bianca bianka bilal bilay biljana bilkay billie billy biltas binay birben birgid
birgit birgitt birgitta birgul birsan birsen birte birthe bisar bjorn blandine blanka blerta boban
bodo bojan borahan boris borys bozo brandon branislav branka branko brenda brendan brendon brent
brett brian briana brianna brigitta brigitte brit brita britt britta bruna brunhild brunhilde bruni
bruno bryan burak burakhan burckhard burcuhan burghard burkard burkhard burkhardt buyrukhan cabir
cacilia cacilie caitlin caitlyn cakar caleb camilla camille camillo can canal canan cangur cannur
canur caren carin carina carine carl carla carlo carlos carlotta carly carmela carmelo carmen
carmine carol carola carole carolin carolina caroline carolyn carsten caspar catarina caterina
catharina catherine cathleen cathrin catia catrin cecile cecilia cecilie cecille celal celia
celikkan celina celine cemal cemil cenan centa cerci cercis cetin charlene charles charlie charline
charlotte charly cheryl chlo christa christel christelle christian christiana christiane christin
christina christine christl christof christoph christophe christopher christos cihan cilli cilly
cipriano ciro claas claire clara clare clarissa clarisse claude claudette claudia claudie claudine
claudio claudius claudy claus clelia clemence clemens clement clive clothilde clotilde cody cole
colette connor conny conor conrad constance constant constantin constanze cora cord cordula corey
corina corine corinna corinne cornel cornelia cornelius cory cosima cosimo costantino costanzo
cristian cristiana cristiano cristina crystal csaba curt cyprian cyril cyrill cyrille dagmar
dagmara daisy dajana dalan dale dalia damian damiano damien damienne damir damjan damon dan dana
danica daniel daniela daniele danielle danijel danijela danis danny dante dany daria dario daris
darius dariusz darko darren darrin darryl darryn daryl dave david davide dawid dawn dean debora
deborah debra deha dejan delia delil deniis denis denise deniz dennis denny desire desiree detlef
detlev devin diana diane dianne diedrich diego dierk dieter diethard diethelm diether dietlind
dietlinde dietmar dietrich dijana dilcan dimitri dimitrios dina dino diogo dion dirk ditmar dittmar
divan dogan doguhan domenic domenica domenico dominic dominik dominiqu donald donat donata
donatella donatello donato dora dorian dorina doris dorit dorle dorothe dorothea dorothee dorothy
dorte dorthe dorukhan draga dragan dragana drago drilon drita driton duha duracan dusan duyguhan
dwayne dylan eba eberhard eberhardt eckard eckart eckehard eckhard eckhardt eckhart eda edda
edelbert edeltraud edeltraut edeltrud eden edgar edgard edin edina edit edith editha edmond edmund
edoardo edon edona edouard eduard eduardo edward edwin efe efil efser egbert eggert egon egzon
egzona ehrhard ekaterina ekkehard ekkehart ekrem ela elaine elda eldon elea eleanor eleanora elena
eleni elenore eleonora eleonore elfi elfie elfriede elgin elhan eli elia eliana eliane elias elie
eliette elif elin elina eline elio eliona elisa elisabet elisabete elisabeth elisabetha elisabetta
elise eliza elizabeta elizabeth elke ella ellen elli ellie elliot elliott elly elma elmar elmo eloi
eloise elona elsa elsbeth else elsie elvan elvana elvira elvire elwira elyas ema emal emanul
emanula emanule emelina emely emil emile emilia emilian emilie emilija emilio emily emin emina
emine emir emirsan emis emma emmanul emmanulle emmi emmy emre emrullah enea enes enfes engelbert
engin enis enna ennio enno enriqu ensar ensari enya enzio enzo eral ercan erdal erdogan erem eren
erginel ergul ergun erhard erhardt eric erica erich erik erika erin erina erion eris erkan erkinel
erna ernest ernesto ernst erny erogul erol eroz ersec ersel ertan erten ertun erva erwin eryildiz
eryk esim esma esna esra esref estella estelle ester esther ethan eugen eugene eugenia eugenie
eugenio eva evan evangelia evangelista evangelos evde eve evelin eveline evelyn evelyne evi evie
evrim ewa ewelina ezgin ezio ezra fabia fabian fabiana fabien fabienne fabio fabrizia fabrizio
fadil fadila fadile fadime faith faize falk falko fami fanny fatih fatima fatime fatinur fatma
fatmanur fatmir fatmire fayize feden federica federico federigo felice felicia felicie felicien
felicitas felipe felizitas fenni ferat ferdi ferdinand ferdinando ferhan ferihan ferinaz fernand
fernanda fernande fernando ferny fersan ferzi feza filip filipa filipe filippa filippo filit filiz
filomena finn fiorenzo fiorino firmin flavia flavio flora flore florence florent florentin
florentina florentine florian floriane florim florin florina flurin flurina flynn folker folkert
fran franca france frances francesca francesco francine francis francisca francisco franciska
franck franco francois francoise franjo frank franka frankie franky franz franziska fred freddy
frederic frederick frederik frederike frederiqu fredi fredo fredy freia freya frida frieda
friedbert frieder friedericke friederike friedhelm friedhilde friedhold friedl friedlinde friedo
friedrich fryderyk fugen fynn gabel gabi gabriel gabriela gabriele gabriella gabrielle gaby gaia
gail gaja gal galina galle gani ganim garry gary gaston gastone gaylene gazel gebhard geert
gelengul gemma geoffrey georg george georges georgia georgina georgine georgios gerald gerard
gerardo geraud geray gerd gerda gerdi gerfried gerhard gerhardt gerhart gerlind gerlinde germaine
german germana gero gerold gerolf gert gerta gerti gertraud gertraude gertraut gertrud gertrude
gerwin gery gesa geza ghislain ghislaine giada giampaolo giampiero gian giancarlo gianmarco gianna
gianni gianpaolo gianpietro giesela gil gilbert gilberte gilberto gilda gillian gilman gina gino
gioacchino gioachino gioffre gion giorgia giorgio giovanna giovanni gisa gisbert gisela gisele
gislinde gitta gitte giulia giuliana giuliano giulio giuseppa giuseppe giuseppina giz gizem glen
glenda glenn goken goksev gokten gonen goran gordana gorsev gottfried gotthard gotthilf gotthold
gottlieb gottlob gozel gozem grace grame greca greco gregoire gregor gregory greta grete gretel
gretl grit grzegorz gudula guiseppe gul gulay gulbiye gulcegun gulder gulegen gulel guler gulev
gulgen gulhisar gulkadin gulluhan gulmisal gulnaziye gulper gulsa gulsahin gulsalin gulselin gulsen
gulseref gulseren gulsevil gulsiye gulsu gulten gulter gulus gulzadiye gunar gunda gundel gunden
gundi gundula gungordu gungoren gunhild gunnar gunsel gunsen gunser gunter gunther gunver gurten
gustav gustavo gustaw guy gwenda hakan haley halina hami hana hanife hanim hanna hannah hanne
hannelore hannes hanni hanno hanns hanny hans hansgeorg hansjorg hansjurg hansjurgen hansrudi
hansuli harald hardy haris hariz harley harold harri harro harry hartmut hartmuth harvey hasan
hasret hassan hava havali hayali hayden hayel hayley hayret hazel hedda hedi hedwig hedy heide
heidelore heiderose heidi heidy heike heiko heimo heiner heinfried heini heino heinrich heinz helen
helena helene helfried helga helge hella hellmut hellmuth helma helmar helmtrud helmut helmuth
heloise hemi hendrik henife henner henni henny henri henrik henrike henriqu henry henryk herbert
heribert herlinde herma hermann hermine herrmann herta hertha herve herwig heva hilda hilde
hildegard hildegart hildegund hildegunde hilma hilmar hiltraud hiltrud hinrich holly hubertine huda
hugh hugo huia hulda hulya hunter hurdogan iain ian ida ide ignace ignacy ignatz ignaz ika iklim
ildem ildes ildiz ilenia ilhan ilias ilija ilim ilir ilja ilka ilkim ilona ilonka ilse ilsu imer
imge imke imre imren ina indi indie ines inga ingbert inge ingeborg ingeburg ingelore ingetraud
ingetraut ingo ingrid ingried inka inna insa insaf iolanda ira irena irene irina iris irma
irmengard irmgard irmi irmingard irmtraud irmtraut irmtrud iryna isa isabel isabell isabella
isabelle isak isiman isin isla ismail ismal ismet isobel isra isral iva ivan ivana ivanka ivano
ivka ivo ivonne ivy iwan iwo iwona izel jacek jack jacky jacob jacquline jade jaime jake jakob
jakov jakub jal jamie jan jana jane janet janett janette janic janice janick janik janin janina
janine janis janja janko jann janna jannik jannis jano janos janus janusz jaquline jara jari jaron
jaroslav jaroslaw jasin jasmin jasmina jasmine jasminka jasna jason javier jaxon jay jayden jayne
jean jeanette jeanine jeanne jeannette jeannie jeannine jeanny jeffrey jele jelena jemma jenna
jenny jeremi jeremias jeremie jeremy jesse jessica jessie jessika jil jill jillian jim jiri jo joan
joana joanna joanne joao jobst jocelyn jocelyne jochem jochen jodi jodie johan johann johanna
johanne johannes john johnny johny jol jolanda jolanta jolanthe jolene jolina jolle jon jona jonah
jonas jonathan jonathon jorg jorge jorgen joris jorn jose josee josef josefa josefina josefine
josephine josh joshua josip josipa josko joso jost josua josy jovan jovana joy jozef jozo juan
juana jule jules julia julian juliana juliane julianna julie julien julienne juliette julijana
julio julita julius juliusz juna june juraj jure jurg jurgen juri jurij justin justina justine
justyna jusuf kaan kader kahir kai kaia kaitlin kaitlyn kaja kaleb kalina kaltrina kamar kamil
kamila kanak kane karabas karanbay karar karatas karcan karen karim karin karina karine karl karla
karlfried karlo karol karola karolin karolina karoline karsten karyn kasif kasim kaspar kata
katalin katarina katarzyna kate katerina katharina katharine kathe katherina katherine kathi
kathleen kathrin kathryn kathy kati katia katica katie katja katrin katrina katy kaver kay kayden
kaye kayla kayrabay kazim kazime kefser keira kellie kelly kelvin kemal ken kenan kerim kerime
kerman kerry kerstin kete kevin khlo kian kiano kiara kilian kim kira kirat kiri kirsten kirstin
kirsty kismet kitan klaas klara klare klaudia klaus klea klemens klothilde knud knut koha koker
konrad konstantin konstantinos konstanty konstanze kora koray kordula korinna kornel kornelia
kornelius kosukhan krista kristian kristiane kristijan kristin kristina kristine kristy krystal
krystian krystyna kunigunda kunigunde kuno kurt kutgun kutun kyla kyle kylie kyra ladina laika
laila lale lambert lamberto lana lando lara larissa lars laura laure laureano laureen lauren
laurence laurent laurenz lauretta laurette lauriane laurin laurina lawrence layla laze lea leah
lean leana leander leandra leandre leandro leane leanne leano lee leif leila lejla lena lene leni
lennard lennart lenny leo leon leona leonard leonardo leonce leone leonhard leoni leonid leonie
leonor leonora leonore leontina leontine leopold leopoldo leticia letizia levi levin leyla leyli
lezize lia liam lian liana liane lias liberto licia lidia lidija lidwina liesa liesbeth lieselotte
lili lilia lilian liliana liliane lilija lilla lilli lillian lilly lilo lily limon lina linda
lindsay lindsey line lino lio liridon liridona lisa lisbeth lise liselotte lisette lissi lissy liv
livia livio liwia liya ljiljana ljubica ljubisa ljudmila lodovico logan loic lois lola loni lora
lore loredana lorena lorenz lorenza lorenzo loretta lorik lorin loris lotta lotte lotti louana
louie louis louisa louise lovre lovro luan luana luc luca lucas luce lucette lucia luciana luciano
lucie lucien lucienne lucija lucio lucy ludmila ludmilla ludovic ludovica ludovico ludwina luigi
luigia luigina luis luisa luise luj luka lukas lukasz luke luna lutz luz luzia luzie lya lydia
lydiane lydianne lydie lynda lynette lynn lynne lynnette lysiane macide maddalena maddison
madeleine madeline madison madleina madlen magali magalie magarete magda magdalena magdalene magret
magrit mahi mahigul mahir mahter maia maida maik maike maila maisa maisy maja maks mal malea malena
malene malik malika malin malio malle malou malte malu malwina manaia manawa manda mandy manila
manja manon manul manula manulle mara maraa marc marcel marcela marcelina marceline marcella
marcelle marcello marcelo marcia marcin marco marcos marcus mare maree mareen mareike mareile marek
maren marga margaret margareta margarete margaretha margarethe margarida margarita margaritha
margaud margaux margherita margit margita margitta margot margret margreth margrit margrith
margurite mari maria mariam marian mariana marianna marianne mariano marica marie mariele mariella
marielle marietta mariette marija marijan marijana marika marilena marilyn marin marina marine
marinette marino mario mariola marion marisa marise marissa marit marita maritta marius mariusz
marjan mark marko markus marleen marlen marlene marlies marliese marlis marlise marlon marlyse
marta marten martha marthe martim martin martina martine martino martyn marvin mary maryam marylene
maryline maryse marzena masar maside mason mate matea matej mateja mateo matheo mathew mathias
mathieu mathilda mathilde mathis matija matilda matilde mato mats matteo matthaus matthew matthias
matthieu matti mattia mattias maud maude maura maureen mauricette maurilio maurin maurizio mauro
mava mavie max maxim maxima maxime maximilian maximilien maya maynur mechthild mechthilde mechtild
mecide medina mefharet megan megane mehdi mehmed mehmet mehrigul meik meike meinhard meinrad
melania melanie melanine melihcan melikkan melina melinda melisa melissa melita melitta melvin
meral merba merdi meret mergim merim merita mert merva merve meryem meryeme meshur mestur metin
metinkaya meveddet mezide mia micah micha michail michal michala michale micheal michel michela
michele micheletto micheline michelle michelotto mickal mihal mihala mijo mika mikala mikayla mike
mikhail mikolaj mila milan milay mile milena milka millie milo milos milosz mina minna mira miran
miranda miray mirco mireille mirela mirella miriam miriama mirja mirjam mirjana mirko mirlinda miro
miroslav miroslaw miroslawa mischa misra mitchell mohamad mohamed mohammad mohammed moira molly
mona monica monika monja morena moreno morgan morgane mufit muhamed muhamet muhammad muhammed
muhammet murat muratcan muret murielle murit musaffa mutluhan muvaffak muveddet mya mylene myriam
myrta myrtha nabil nada nadeschda nadeshda nadia nadin nadine nadja nafii nakip nal nalan nando
nanni naomi nas natacha natali natalia natalie natalija natalja natan natanal nataniel natasa
natascha natasha natasza nate nath nathalie nathan nathanal nathaniel nathasha nayil naz nazi nazmi
nebih nebiha nedda nefaret nefiye nehip nela nele nelia nelio nelli nelly nelya nenad neo nerim
nesip nevah neval nevgin nevin nevio nevsal nevsale nezengul nezize nia niccolo nicholas nick
niclas nico nicola nicolai nicolas nicolaus nicole nicoletta nicolo niels nihai nihan nik nika
nikau niklas niklaus niko nikola nikolai nikolaj nikolaos nikolas nikolaus nikora niksa nilcan nili
nils nina nino nirgul nisa no noa noah noam nol nolia nolle noman nomi nomie nora norah norina
norma norman nour nuno nura nural nuran nuray nurcan nurda nuretdin nurettin nurey nurhayet nuri
nuria nuriyet nurkan nursan nurten nurullah nuyan oda oge oget ogus okbay okturk olaf olav olca ole
olena olga olive oliver olivia olivie olivier oliwier olus omar omer omur onat oncel onel onur
onurcan orgun orhan orik orlando ornella ortrud ortrun oruc oscar oskar otay otfried othmar otmar
ottfried ottilia ottilie ottmar ottokar ottomar over owen ozay ozbay ozdal ozdil ozdogdu ozel ozge
ozger ozgun ozgur ozturk ozudogru pablo pamela paola paoletta paolo paris pascal pascale pasqual
pasquale patric patrice patricia patrick patrik patrizia patrizio patryk paul paula paule paulette
paulina pauline paulo pavel pawel paye payton pedro peer peren pero petar peter petr petra peyton
philip philipp philippa philippe philippine phillip philomena pia pier pierette piero pierrette
pietro pina piper piran pirmin polina prisca priska rabea rabih rachal rachel rachele rachelle
radoslaw rafal rafala raffal raffala raffale raffalla raffallino raffallo rafia rafih rahel rahmet
raik raimondo raimund rainer raisa raissa ralf ramadan ramazan ramon ramona rana raoul raphal
raphala raphalle raqul rasul raul rayan rayana rayla raymond raymonde raymund razi regan regina
reginald regine reimar reimer reimund reinald reine reiner reingard reinhard reinhardt reinhart
reinhild reinhilde reinhold remazan remi remo remy remzi rena renata renate renato rene renee reni
renzo resi reto reuben revza reza ria ricarda ricardo riccardo richard ricky rico rigo rina rinaldo
rino rinor rita riza robert roberta roberto robin robyn rochelle rodolphe roksana roland rolande
rolando rolf rollande romain romaine roman romana romane romano romina romy ron ronald ronaldo
ronja ronny ronya rory rosa rosalba rosalia rosalie rosalinde rosaria rosario rose rosel roselinde
rosemarie rosemary rosi rosie rosina rosita rosl rosmarie ross rossana roswita roswitha rosy
rotraud rotraut roxane roxanne roy roza rozalia rozalija ruben ruby rudi rudolph rudy ruggero
ruggiero rui rusen ruthild ruza ryan saba saban sabatino sabettin sabih sabihe sabina sabine sabir
sabri sabrina sacha saci sadat sadie sadik sadittin sadiye safii safinaz sahat sahdiye sahigul
sahil sahin sahinbey sahinder sahir sahmettin sahra sakip sali salih sally salma salurbay salvi sam
samanta samantha sami samiha samir samira samul samule samurtay sancak sancar sandor sandra
sandrine sandro sandy sanja sanli sante santiago santino sanur sara sarah sargin sarina sarya sasa
sascha sasha satia satrettin saverio savki savni sayan saygin sayin sazime scarlett scarlette sean
sebastian sebastiano sebastien sebattin sebla seda sedat sefer sefiye seha sehza sejda sekim
selaheddin selatin selena seler selim selime selin selina seline selma selmin selvi semat semender
semine semir semra sena senad sencar sendogan sennur senol senta serafeddin serafina seraina serda
seref sereina serena serfinaz serge sergei sergej serkan serma serman sernur serol servinaz seth
sevcan sevdinar severin severine severino sevginur sevican sevim sevla seyda seydo shaban shane
sharlene shayne sheryl sian sibilla sibille sibylla sibylle side siegbert siegfried sieghard
sieglinde siegmar siegmund siegrid siegried siegrun siegward siena sienna sigfried sigismund
siglinde sigmar sigmund sigrid sigrun sila silan silas silja silke silva silvan silvana silvano
silvester silvestro silvia silvio sime simeon simon simona simone simonne sina sinan sione siper
siro skender skyla skylar slavica slavisa snezana snjezana sofia sofie sofija sole solene solma
sonad sonia sonja sonnur sonya sophia sophie sozer stanislaus stanislav stanislaw stefan stefani
stefania stefanie stefanija stefano stella stephan stephane stephanie stephen steve steven stilla
sucattin sudi suha sukri sukru suleyla suleyman sulhi sunel suner suphi susam susan susana susann
susanna susanne suse susen susi suzana suzanne suzer svea sven svetlana swen swetlana sybilla
sybille sylke sylvain sylvaine sylvana sylvester sylvia sylviane sylvie sylvio sylwia tabea tahir
tai taine tali tama tamas tamaydin tan tanak tane tangul tanguy tania tanir tanja tanses tansev
tanya tanyu tara tasar tatiana tatjana tayaydin tayla taylak te tea tegan tekbay telim telse
temirhan teodor teodora tercan terence teresa terina terlan terry tezcan thea theda theo theodor
theodora theodore theodoros theophil theophile theres theresa therese theresia thi thiago thibaud
thibault thibaut thilo thomas thoralf thorben thorsten tia tiago tiana til till tillmann tilly
tilman tilmann tilo tim timm timo timon timothee timothy tina tinal tino tiziana tiziano tobias
tobiasz toby togan toker tola tom tomas tomasz tomo tonguc toni tonia tony toralf torben torhan
tori torsten toy tracey tracy traude traudel traudl traute trent tristan troy trude trudel trudi
tuana tugcan tui tulay tule tulin tulun tunguc turcan turkan tutkucan tyla tymon tyson uberto ucan
udo ugan uge ugo ugurkan ugurtan ulf uli ulke ulla ullrich ulrich ulu umberto ummahan ummahani
ummuhan unal urban urfettin urhan urs ursel ursula urszula urte us ushan uta ute utkucan utz uwe
uzbay uzer vahittin valentin valentina valentine valentino valeri valeria valerie valerij valerio
valery valter van vanesa vanessa vania vargin vecide vedat veis veit veli vera verena verim
veronica veronika veroniqu vesna vezat vicki vicky victoire victor victoria victorine viktor
viktoria vilma vincent vincentio vincenza vincenzo vinciane vinzenz violet violeta violetta
violette virgilio virginia virginie visar vito vitor vittoria vittorio vivian viviana viviane
vivien vivienne vladimir vlora volker volkhard volkmar waldemar waldtraut walentina walfried walli
wally walter walther waltraud waltraut waltrud wanda warren wayne wencke wenke wera wibke wiebke
wigbert wikitoria wiktor wilfried wilfriede willfried willi willy wilma wiltrud winfried wladimir
woldemar wolf wolfhard wulf xaver xavier yagin yal yalgin yalin yamin yanick yanik yanis yanki yann
yannic yannick yannik yannis yara yasan yasar yasattin yasemen yasemin yasin yasmin yasmina yasmine
yassin yertan yildir yildiz yilma yilmaz ylenia ylvi ylvie yoan yolanda yolande yoruc yurdanur
yurdaser yurtguven yurtseven yusuf yvan yvon yvonne zacharie zachary zahra zaira zamir zane zara
zehra zeljka zeljko zeno zenon zenta zeyno zion zita zo zofia zora zoral zoran zorka zoy zulbiye
zuzana
"""

GIVEN_NAMES = frozenset(_NAMES.split())
